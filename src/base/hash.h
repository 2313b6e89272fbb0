// XXH3 (64 bit): for tables, filters and routing. Stable across releases, so stored formats may depend on it.
#pragma once

#include <cstdint>
#include <string_view>

namespace filo {

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

// Spreads one word over 64 bits; for keys that are numbers already.
inline std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

}  // namespace filo
