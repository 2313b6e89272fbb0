// Comparing short strings without a call: keys and attribute values are mostly below 32 bytes, where memcmp costs more
// to reach than to run.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace filo {

inline bool equal_short(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto word = []<typename T>(const char* at, T) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
  };
  // The last word of each kind overlaps the one before it, so that no byte is left over.
  const auto differ = [&](auto type, std::size_t at) { return word(a.data() + at, type) ^ word(b.data() + at, type); };
  if (size > 32) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 16) {
    return (differ(std::uint64_t{}, 0) | differ(std::uint64_t{}, 8) | differ(std::uint64_t{}, size - 16) |
            differ(std::uint64_t{}, size - 8)) == 0;
  }
  if (size >= 8) return (differ(std::uint64_t{}, 0) | differ(std::uint64_t{}, size - 8)) == 0;
  if (size >= 4) return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, size - 4)) == 0;
  if (size >= 2) return (differ(std::uint16_t{}, 0) | differ(std::uint16_t{}, size - 2)) == 0;
  return size == 0 || a[0] == b[0];
}

}  // namespace filo
