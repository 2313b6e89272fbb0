#include "parts/hash_filter.h"

#include <array>
#include <cstring>

#include "base/check.h"

namespace filo::parts {
namespace {

constexpr std::size_t bits_per_key = 10;
constexpr std::size_t lanes = 8;
// Odd numbers without structure; each picks one of a lane's 32 bits. Part of the format.
constexpr std::array<std::uint32_t, lanes> lane_factors = {0x9e3779b1U, 0x85ebca77U, 0xc2b2ae3dU, 0x27d4eb2fU,
                                                           0x165667b1U, 0xd6e8feb9U, 0x94d049bbU, 0xbf58476dU};

std::size_t block_of(std::uint64_t hash, std::size_t blocks) {
  return static_cast<std::size_t>(((hash >> 32U) * blocks) >> 32U);
}

std::uint32_t bit_of(std::uint64_t hash, std::size_t lane) {
  return 1U << ((static_cast<std::uint32_t>(hash) * lane_factors[lane]) >> 27U);
}

}  // namespace

std::string make_hash_filter(std::span<const std::uint64_t> hashes) {
  const std::size_t blocks = (hashes.size() * bits_per_key + filter_block_bytes * 8 - 1) / (filter_block_bytes * 8);
  CHECK(blocks <= UINT32_MAX);
  std::string filter(blocks * filter_block_bytes, '\0');
  for (const auto hash : hashes) {
    char* block = filter.data() + block_of(hash, blocks) * filter_block_bytes;
    std::array<std::uint32_t, lanes> words;
    std::memcpy(words.data(), block, filter_block_bytes);
    for (std::size_t lane = 0; lane < lanes; ++lane) words[lane] |= bit_of(hash, lane);
    std::memcpy(block, words.data(), filter_block_bytes);
  }
  return filter;
}

bool may_contain(std::string_view filter, std::uint64_t hash) {
  const std::size_t blocks = filter.size() / filter_block_bytes;
  if (blocks == 0 || blocks > UINT32_MAX) return false;
  std::array<std::uint32_t, lanes> words;
  std::memcpy(words.data(), filter.data() + block_of(hash, blocks) * filter_block_bytes, filter_block_bytes);
  std::uint32_t missing = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) missing |= ~words[lane] & bit_of(hash, lane);
  return missing == 0;
}

}  // namespace filo::parts
