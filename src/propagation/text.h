// Small pieces of text that header formats are made of: names, hexadecimal ids, lists.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "model/ids.h"

namespace filo::propagation {

static_assert(std::endian::native == std::endian::little, "ids are read eight characters at a time; drop the swaps");

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Whether the words at a and b are the same but for the case of ASCII letters.
template <typename Word>
bool same_letters(const char* a, const char* b) {
  constexpr Word ones = static_cast<Word>(0x0101010101010101U);
  Word x, y;
  std::memcpy(&x, a, sizeof(x));
  std::memcpy(&y, b, sizeof(y));
  // 0x80 in each byte of y that is a letter: from 'a' on, and not behind 'z'.
  const Word small = (y | ones * 0x20) & ones * 0x7f;
  const Word letters = (small + ones * (0x80 - 'a')) & ~(small + ones * (0x7f - 'z')) & ~y & ones * 0x80;
  return ((x ^ y) & ~(letters >> 2)) == 0;
}

// Header names compare without regard to the case of ASCII letters. The last word overlaps the one before it.
inline bool starts_with_name(std::string_view name, std::string_view start) {
  const std::size_t size = start.size();
  if (name.size() < size) return false;
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      if (!same_letters<std::uint64_t>(name.data() + i, start.data() + i)) return false;
    }
    return same_letters<std::uint64_t>(name.data() + size - 8, start.data() + size - 8);
  }
  if (size >= 4) {
    return same_letters<std::uint32_t>(name.data(), start.data()) &&
           same_letters<std::uint32_t>(name.data() + size - 4, start.data() + size - 4);
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (lower(name[i]) != lower(start[i])) return false;
  }
  return true;
}
inline bool is_name(std::string_view name, std::string_view other) {
  return name.size() == other.size() && starts_with_name(name, other);
}

// Without the optional whitespace (spaces and tabs) that HTTP allows around a value.
constexpr std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Where the character stands first, or the size; eight looked at together, since fields are too short for a call.
inline std::size_t position_of(std::string_view text, char wanted) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t x;
    std::memcpy(&x, text.data() + at, 8);
    x ^= ones * static_cast<unsigned char>(wanted);
    // The lowest 0x80 marks the first byte that is zero.
    const std::uint64_t zeros = (x - ones) & ~x & ones * 0x80;
    if (zeros != 0) return at + static_cast<std::size_t>(std::countr_zero(zeros)) / 8;
  }
  while (at < text.size() && text[at] != wanted) ++at;
  return at;
}

// What stands before the separator, or all of it; `rest` keeps what stands behind.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = position_of(rest, separator);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == rest.size() ? at : at + 1);
  return taken;
}

// Sets of characters. A text is judged by all of them at once, so one look at each character is enough.
enum class Letters : std::uint8_t {
  token = 1,          // RFC 9110
  baggage_octet = 2,  // W3C baggage value: visible ASCII but for quotes, comma, semicolon, backslash
  state_key = 4,      // W3C tracestate: lower-case letters, digits, _-*/@
  state_value = 8,    // W3C tracestate: visible ASCII and spaces but for comma and '='
  unreserved = 16,    // letters, digits, -._~ : what every decoder of URLs gives back
  trace_text = 32,    // letters, digits, .-_:
  value = 64,         // what cannot end a header and begin the next: no control characters
  name = 128,         // the same for names; letters of any script may stand in one, clients do write them
};

constexpr auto letter_sets = [] {
  std::array<std::uint8_t, 256> table{};
  const auto contains = [](std::string_view set, unsigned c) { return set.find(static_cast<char>(c)) != set.npos; };
  for (unsigned c = 1; c < 256; ++c) {
    const bool small = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool letter = small || (c >= 'A' && c <= 'Z');
    const bool visible = c > ' ' && c < 0x7f;
    unsigned sets = 0;
    if (letter || contains("!#$%&'*+-.^_`|~", c)) sets |= 1;
    if (visible && !contains("\",;\\", c)) sets |= 2;
    if (small || contains("_-*/@", c)) sets |= 4;
    if ((visible || c == ' ') && !contains(",=", c)) sets |= 8;
    if (letter || contains("-._~", c)) sets |= 16;
    if (letter || contains(".-_:", c)) sets |= 32;
    if ((c >= ' ' && c != 0x7f) || c == '\t') sets |= 64;
    if (c > ' ' && c != 0x7f && c != ':') sets |= 128;
    table[c] = static_cast<std::uint8_t>(sets);
  }
  return table;
}();

constexpr bool are_all(std::string_view text, Letters set) {
  unsigned common = static_cast<unsigned>(set);
  for (const char c : text) common &= letter_sets[static_cast<unsigned char>(c)];
  return common != 0;
}
// Whatever is handed on from one carrier to another: none may end a header and begin the next.
constexpr bool is_safe_value(std::string_view text) { return are_all(text, Letters::value); }
constexpr bool is_safe_name(std::string_view text) { return !text.empty() && are_all(text, Letters::name); }

// Sixteen lower-case digits, eight at a time: each half of a byte becomes a byte of its own, and then its character.
inline std::uint64_t hex_characters(std::uint32_t value) {
  std::uint64_t x = value;
  x = (x | x << 16) & 0x0000ffff0000ffffU;
  x = (x | x << 8) & 0x00ff00ff00ff00ffU;
  x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fU;
  const std::uint64_t above_nine = (x + 0x0606060606060606U) >> 4 & 0x0101010101010101U;
  return x + 0x3030303030303030U + above_nine * ('a' - '0' - 10);
}
inline void write_hex(char* out, std::uint64_t value) {
  const std::uint64_t high = __builtin_bswap64(hex_characters(static_cast<std::uint32_t>(value >> 32)));
  const std::uint64_t low = __builtin_bswap64(hex_characters(static_cast<std::uint32_t>(value)));
  std::memcpy(out, &high, 8);
  std::memcpy(out + 8, &low, 8);
}

enum class HexCase : std::uint8_t { lower, any };

// What the eight characters would stand for is written again: only digits come out as they were.
inline bool parse_hex8(const char* text, HexCase letters, std::uint32_t& value) {
  std::uint64_t x;
  std::memcpy(&x, text, 8);
  x = __builtin_bswap64(x);
  const std::uint64_t letter = x & 0x4040404040404040U;
  if (letters == HexCase::any) x |= letter >> 1;
  std::uint64_t digits = ((x & 0x0f0f0f0f0f0f0f0fU) + (letter >> 6) * 9) & 0x0f0f0f0f0f0f0f0fU;
  digits = (digits | digits >> 4) & 0x00ff00ff00ff00ffU;
  digits = (digits | digits >> 8) & 0x0000ffff0000ffffU;
  value = static_cast<std::uint32_t>(digits | digits >> 16);
  return hex_characters(value) == x;
}
// 1 to 16 digits into value; false, and any value, for anything else.
inline bool parse_hex(std::string_view text, HexCase letters, std::uint64_t& value) {
  if (text.empty() || text.size() > 16) return false;
  if (text.size() >= 8) {
    std::uint32_t high = 0, low = 0;
    const std::size_t behind = text.size() - 8;
    if (!parse_hex8(text.data(), letters, high) || !parse_hex8(text.data() + behind, letters, low)) return false;
    value = std::uint64_t{high} << behind * 4 | low;  // digits that both have seen are the same in both
    return true;
  }
  value = 0;
  for (const char c : text) {
    const char small = letters == HexCase::any ? lower(c) : c;
    const bool letter = small >= 'a' && small <= 'f';
    if (!letter && (small < '0' || small > '9')) return false;
    value = value << 4 | static_cast<unsigned>(letter ? small - 'a' + 10 : small - '0');
  }
  return true;
}
inline bool parse_hex(std::string_view text, HexCase letters, SpanId& id) { return parse_hex(text, letters, id.value); }
// 1 to 32 digits.
inline bool parse_hex(std::string_view text, HexCase letters, TraceId& id) {
  if (text.size() <= 16) {
    id.high = 0;
    return parse_hex(text, letters, id.low);
  }
  const std::size_t high = text.size() - 16;
  return parse_hex(text.substr(0, high), letters, id.high) && parse_hex(text.substr(high), letters, id.low);
}

// Up to 18 decimal digits, nothing else.
constexpr bool parse_decimal(std::string_view text, std::int64_t& value) {
  if (text.empty() || text.size() > 18) return false;
  std::int64_t sum = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    sum = sum * 10 + (c - '0');
  }
  return value = sum, true;
}

}  // namespace filo::propagation
