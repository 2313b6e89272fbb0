#include "net/base64.h"

#include <cstdint>

namespace filo::net {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int value_of(char c) {
  if (c == '-') return 62;
  if (c == '_') return 63;
  const std::size_t found = alphabet.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : bytes) {
    word = (word << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[(word >> (bits - 6)) & 63];
  }
  if (bits > 0) out += alphabet[(word << (6 - bits)) & 63];
  return out;
}

std::optional<std::string> base64_decode(std::string_view untrusted) {
  while (untrusted.ends_with('=')) untrusted.remove_suffix(1);
  std::string out;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : untrusted) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    word = (word << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((word >> bits) & 255);
    }
  }
  if (bits == 6) return std::nullopt;
  return out;
}

}  // namespace filo::net
