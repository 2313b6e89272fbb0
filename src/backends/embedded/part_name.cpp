#include "backends/embedded/part_name.h"

#include <chrono>

#include "base/hex.h"

namespace filo::backends {
namespace {

constexpr std::int64_t hour_ns = 3'600'000'000'000;

std::optional<unsigned> parse_digits(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

void append_padded(std::string& out, unsigned value, std::size_t digits) {
  const std::string text = std::to_string(value);
  out.append(digits > text.size() ? digits - text.size() : 0, '0');
  out += text;
}

}  // namespace

Hour hour_of(Timestamp time) {
  const std::int64_t hour = time.unix_ns / hour_ns;
  return time.unix_ns < 0 && time.unix_ns % hour_ns != 0 ? hour - 1 : hour;
}

Timestamp start_of(Hour hour) { return Timestamp{hour * hour_ns}; }

std::string directory_of(Hour hour) {
  const std::int64_t day = hour >= 0 ? hour / 24 : (hour - 23) / 24;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  std::string out;
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('/');
  append_padded(out, static_cast<unsigned>(hour - day * 24), 2);
  return out;
}

std::optional<Hour> parse_directory(std::string_view day, std::string_view hour) {
  if (day.size() != 8 || hour.size() != 2) return std::nullopt;
  const auto year = parse_digits(day.substr(0, 4));
  const auto month = parse_digits(day.substr(4, 2));
  const auto of_month = parse_digits(day.substr(6, 2));
  const auto of_day = parse_digits(hour);
  if (!year || !month || !of_month || !of_day || *of_day > 23) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*of_month)};
  if (!date.ok()) return std::nullopt;
  return Hour{std::chrono::sys_days{date}.time_since_epoch().count()} * 24 + *of_day;
}

std::string name_of_part(std::uint64_t number) { return to_hex(number) + ".part"; }

std::optional<PartName> parse_part_name(std::string_view name) {
  PartName parsed;
  if (name.ends_with(".tmp")) parsed.state = PartState::temporary;
  if (name.ends_with(".bad")) parsed.state = PartState::bad;
  if (parsed.state != PartState::published) name.remove_suffix(4);
  if (name.size() != 21 || !name.ends_with(".part")) return std::nullopt;
  const auto number = parse_hex64(name.substr(0, 16));
  if (!number || name != name_of_part(*number)) return std::nullopt;
  parsed.number = *number;
  return parsed;
}

}  // namespace filo::backends
