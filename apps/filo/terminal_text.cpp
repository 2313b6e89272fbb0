#include "terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "model/utf8.h"

namespace filo::app {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Unicode 15, East_Asian_Width W and F, in coarse blocks.
constexpr std::array<CodeRange, 16> wide{{{0x1100, 0x115f},
                                          {0x231a, 0x231b},
                                          {0x2e80, 0x303e},
                                          {0x3041, 0x33ff},
                                          {0x3400, 0x4dbf},
                                          {0x4e00, 0x9fff},
                                          {0xa000, 0xa4cf},
                                          {0xa960, 0xa97c},
                                          {0xac00, 0xd7a3},
                                          {0xf900, 0xfaff},
                                          {0xfe30, 0xfe6f},
                                          {0xff00, 0xff60},
                                          {0xffe0, 0xffe6},
                                          {0x1f300, 0x1f6ff},
                                          {0x1f900, 0x1f9ff},
                                          {0x20000, 0x3fffd}}};
// Combining marks, joiners, direction marks and variation selectors.
constexpr std::array<CodeRange, 7> zero{{{0x0300, 0x036f},
                                         {0x200b, 0x200f},
                                         {0x202a, 0x202e},
                                         {0x2060, 0x2069},
                                         {0x20d0, 0x20ff},
                                         {0xfe00, 0xfe0f},
                                         {0xfeff, 0xfeff}}};
constexpr std::string_view dot = "\u00b7";
constexpr std::string_view ellipsis = "\u2026";

template <std::size_t N>
bool is_in(const std::array<CodeRange, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](CodeRange r) { return r.first <= c && c <= r.last; });
}

char32_t code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(sequence[i])); };
  switch (sequence.size()) {
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    case 4:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
    default:
      return byte(0);
  }
}

struct Glyph {
  std::string_view text;
  std::size_t width;
};

// Takes the first character off the text.
Glyph next_glyph(std::string_view& text) {
  const std::size_t length = utf8_sequence_length(text);
  if (length == 0) {
    text.remove_prefix(1);
    return {"\ufffd", 1};
  }
  const std::string_view sequence = text.substr(0, length);
  text.remove_prefix(length);
  const char32_t c = code_point(sequence);
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return {dot, 1};
  // Direction marks could turn the rest of the line around; they are left out.
  if (is_in(zero, c)) return {(c >= 0x200e && c <= 0x2069) ? std::string_view() : sequence, 0};
  return {sequence, is_in(wide, c) ? std::size_t{2} : std::size_t{1}};
}

struct Fitted {
  std::string text;
  std::size_t width;
};

Fitted cut(std::string_view text, std::size_t width) {
  Fitted fitted{{}, 0};
  std::size_t safe_bytes = 0;  // so much of the text leaves a column for the ellipsis
  std::size_t safe_width = 0;
  while (!text.empty()) {
    const Glyph glyph = next_glyph(text);
    if (fitted.width + glyph.width > width) {
      fitted.text.resize(safe_bytes);
      fitted.text += ellipsis;
      fitted.width = safe_width + 1;
      break;
    }
    fitted.text += glyph.text;
    fitted.width += glyph.width;
    if (fitted.width < width) {
      safe_bytes = fitted.text.size();
      safe_width = fitted.width;
    }
  }
  return fitted;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += next_glyph(text).width;
  return width;
}

std::string fit_left(std::string_view text, std::size_t width) {
  if (width == 0) return {};
  Fitted fitted = cut(text, width);
  fitted.text.append(width - fitted.width, ' ');
  return std::move(fitted.text);
}

std::string fit_right(std::string_view text, std::size_t width) {
  if (width == 0) return {};
  Fitted fitted = cut(text, width);
  return std::string(width - fitted.width, ' ') + fitted.text;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) out += next_glyph(text).text;
  return out;
}

std::string render_duration(Duration duration) {
  const std::int64_t ns = duration.count();
  const char* sign = ns < 0 ? "-" : "";
  const double n = ns < 0 ? -static_cast<double>(ns) : static_cast<double>(ns);
  if (n < 1e3) return fmt::format("{}{:.0f}ns", sign, n);
  const auto three_digits = [&](double value, const char* unit) {
    if (value < 9.995) return fmt::format("{}{:.2f}{}", sign, value, unit);
    return fmt::format("{}{:.{}f}{}", sign, value, value < 99.95 ? 1 : 0, unit);
  };
  if (n < 999'500) return three_digits(n / 1e3, "µs");
  if (n < 999.5e6) return three_digits(n / 1e6, "ms");
  if (n < 59.95e9) return three_digits(n / 1e9, "s");
  const auto seconds = static_cast<std::uint64_t>(std::llround(n / 1e9));
  if (seconds < 3600) return fmt::format("{}{}m{:02}s", sign, seconds / 60, seconds % 60);
  if (seconds < 100 * 3600) return fmt::format("{}{}h{:02}m", sign, seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}{}d", sign, seconds / 86400);
}

std::string render_time(Timestamp time) {
  using namespace std::chrono;
  const sys_time<nanoseconds> at{nanoseconds(time.unix_ns)};
  const auto day_start = floor<days>(at);
  const year_month_day date(day_start);
  const hh_mm_ss clock(floor<milliseconds>(at - day_start));
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

}  // namespace filo::app
