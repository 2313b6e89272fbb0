#include "propagation/scratch.h"

#include <array>
#include <charconv>

namespace filo::propagation {
namespace {

constexpr char upper_digits[] = "0123456789ABCDEF";
constexpr char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_letter = 0xff;

constexpr auto base64_values = [] {
  std::array<std::uint8_t, 256> table{};
  for (auto& value : table) value = no_letter;
  for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<unsigned char>(base64_letters[i])] = i;
  return table;
}();

unsigned byte(char c) { return static_cast<unsigned char>(c); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// How many bytes the well-formed character at the start has; 0 when there is none.
std::size_t utf8_character(std::string_view text) {
  const unsigned first = byte(text[0]);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(text[i]) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(text[1]);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  return overlong || surrogate || (first == 0xf4 && second >= 0x90) ? 0 : size;
}

}  // namespace

ScratchText& ScratchText::add_hex(std::uint64_t value) {
  if (!room(16)) return *this;
  write_hex(at_, value);
  at_ += 16;
  return *this;
}

ScratchText& ScratchText::add_decimal(std::int64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return add(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

template <typename IsPlain>
ScratchText& ScratchText::add_encoded(std::string_view text, IsPlain is_plain) {
  for (const char c : text) {
    if (is_plain(c)) {
      add(c);
    } else if (room(3)) {
      *at_++ = '%';
      *at_++ = upper_digits[byte(c) >> 4];
      *at_++ = upper_digits[byte(c) & 15];
    }
  }
  return *this;
}

ScratchText& ScratchText::add_percent(std::string_view text, Letters plain) {
  if (are_all(text, plain) && text.find('%') == std::string_view::npos) return add(text);
  return add_encoded(text, [plain](char c) { return c != '%' && are_all({&c, 1}, plain); });
}

ScratchText& ScratchText::add_escaped(std::string_view text) {
  const auto is_plain = [](char c) { return c != '%' && c != '&' && c != '='; };
  bool plain = true;
  for (const char c : text) plain &= is_plain(c);
  return plain ? add(text) : add_encoded(text, is_plain);
}

ScratchText& ScratchText::add_base64(std::string_view text) {
  const std::size_t size = (text.size() + 2) / 3 * 4;
  if (!room(size)) return *this;
  char* out = at_;  // a local, or every character written would be taken for a change of at_
  std::size_t i = 0;
  for (; i + 3 <= text.size(); i += 3) {
    const unsigned group = byte(text[i]) << 16 | byte(text[i + 1]) << 8 | byte(text[i + 2]);
    out[0] = base64_letters[group >> 18];
    out[1] = base64_letters[(group >> 12) & 63];
    out[2] = base64_letters[(group >> 6) & 63];
    out[3] = base64_letters[group & 63];
    out += 4;
  }
  if (i < text.size()) {
    const bool two = i + 2 == text.size();
    const unsigned group = byte(text[i]) << 16 | (two ? byte(text[i + 1]) << 8 : 0);
    out[0] = base64_letters[group >> 18];
    out[1] = base64_letters[(group >> 12) & 63];
    out[2] = two ? base64_letters[(group >> 6) & 63] : '=';
    out[3] = '=';
  }
  at_ += size;
  return *this;
}

std::optional<std::string_view> percent_decoded(std::string_view text, Plus plus, Scratch& scratch) {
  const char space = plus == Plus::space ? '+' : '%';
  bool plain = true;
  for (const char c : text) plain &= c != '%' && c != space;
  if (plain) return text;
  ScratchText out(scratch);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out.add(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.add(c == space && c == '+' ? ' ' : c);
    }
  }
  if (!out.ok()) return std::nullopt;
  return out.keep();
}

std::optional<std::string_view> base64_decoded(std::string_view text, Scratch& scratch) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string_view();
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
  const std::size_t size = text.size() / 4 * 3 - padding;
  if (text.size() / 4 * 3 > scratch.left()) return std::nullopt;
  char* out = scratch.free();
  unsigned wrong = 0;
  const auto letter = [&](std::size_t i) {
    const std::uint8_t value = base64_values[byte(text[i])];
    wrong |= value;
    return unsigned{value};
  };
  const auto put = [&out](unsigned group) {
    *out++ = static_cast<char>(group >> 16);
    *out++ = static_cast<char>(group >> 8);
    *out++ = static_cast<char>(group);
  };
  const std::size_t whole = padding == 0 ? text.size() : text.size() - 4;
  for (std::size_t i = 0; i < whole; i += 4) {
    put(letter(i) << 18 | letter(i + 1) << 12 | letter(i + 2) << 6 | letter(i + 3));
  }
  if (padding != 0) {
    const unsigned third = padding == 1 ? letter(whole + 2) << 6 : 0;
    put(letter(whole) << 18 | letter(whole + 1) << 12 | third);
  }
  if (wrong > 63) return std::nullopt;
  return scratch.keep(size);
}

std::optional<std::string_view> well_formed_utf8(std::string_view text, Scratch& scratch) {
  std::size_t good = 0;
  while (good < text.size()) {
    const std::size_t size = utf8_character(text.substr(good));
    if (size == 0) break;
    good += size;
  }
  if (good == text.size()) return text;
  ScratchText out(scratch);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_character(text.substr(i));
    out.add(size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(i, size));
    i += size == 0 ? 1 : size;
  }
  if (!out.ok()) return std::nullopt;
  return out.keep();
}

}  // namespace filo::propagation
