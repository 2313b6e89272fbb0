#include <array>

#include "filter/span_filter.h"

namespace filo::filter {
namespace {

__extension__ using Wide = __int128;

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
// Longer names before their beginnings ("ms" before "m"). Both micro signs: U+00B5 and U+03BC.
constexpr std::array units{
    Unit{"ns", 1},         Unit{"us", 1'000},        Unit{"\xc2\xb5s", 1'000},  Unit{"\xce\xbcs", 1'000},
    Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000},
};

const Unit* take_unit(std::string_view& text) {
  for (const auto& unit : units) {
    if (text.starts_with(unit.name)) return text.remove_prefix(unit.name.size()), &unit;
  }
  return nullptr;
}

bool is_digit(char c) { return '0' <= c && c <= '9'; }

// Digits before and after a point. Digits that are too small to make a nanosecond are read and dropped.
struct Decimal {
  Wide whole = 0;
  Wide fraction = 0;
  Wide scale = 1;
};

std::optional<Decimal> take_decimal(std::string_view& text) {
  constexpr Wide whole_max = INT64_MAX;
  constexpr Wide scale_max = 1'000'000'000'000'000;
  Decimal decimal;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    decimal.whole = decimal.whole * 10 + (text.front() - '0');
    if (decimal.whole > whole_max) return std::nullopt;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
      if (decimal.scale == scale_max) continue;
      decimal.fraction = decimal.fraction * 10 + (text.front() - '0');
      decimal.scale *= 10;
    }
  }
  if (digits == 0) return std::nullopt;
  return decimal;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Wide total = 0;
  while (!text.empty()) {
    const auto decimal = take_decimal(text);
    if (!decimal) return std::nullopt;
    const Unit* unit = take_unit(text);
    if (unit == nullptr) return std::nullopt;
    total += decimal->whole * unit->ns + decimal->fraction * unit->ns / decimal->scale;
    if (total > INT64_MAX) return std::nullopt;
  }
  return Duration(static_cast<std::int64_t>(negative ? -total : total));
}

}  // namespace filo::filter
