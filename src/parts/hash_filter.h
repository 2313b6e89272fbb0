// HashFilter: "surely not here, or probably": a Bloom filter whose bits for one key lie in one block of 32 bytes, so
// that a question touches one cache line. The bytes are the stored form; about one in a hundred absent keys passes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace filo::parts {

constexpr std::size_t filter_block_bytes = 32;

// A filter of these keys, which are hashes already; a multiple of filter_block_bytes long, empty for no keys.
std::string make_hash_filter(std::span<const std::uint64_t> hashes);

// False: surely not among the keys. An empty filter contains nothing.
bool may_contain(std::string_view filter, std::uint64_t hash);

}  // namespace filo::parts
