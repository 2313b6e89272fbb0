#include "command_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "filter/span_filter.h"

namespace filo::app {
namespace {

constexpr std::size_t default_width = 120;
constexpr std::size_t width_min = 60;

int complain(std::string_view command, std::string_view message) {
  return std::fprintf(stderr, "filo %.*s: %.*s\n", static_cast<int>(command.size()), command.data(),
                      static_cast<int>(message.size()), message.data());
}

std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + count, value);
  if (parsed.ptr != text.data() + count || value < 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456789": nanoseconds; digits beyond nine are dropped.
std::int64_t fraction(std::string_view& text) {
  std::int64_t value = 0;
  std::int64_t unit = 100'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return value;
}

// RFC 3339, of which the time and the zone may be missing.
std::optional<Timestamp> parse_date_time(std::string_view text) {
  using namespace std::chrono;
  const auto year_number = digits(text, 4);
  if (!year_number || !skip(text, "-")) return std::nullopt;
  const auto month_number = digits(text, 2);
  if (!month_number || !skip(text, "-")) return std::nullopt;
  const auto day_number = digits(text, 2);
  if (!day_number) return std::nullopt;
  const year_month_day date{year{*year_number}, month{static_cast<unsigned>(*month_number)},
                            day{static_cast<unsigned>(*day_number)}};
  if (!date.ok()) return std::nullopt;
  nanoseconds time = sys_days(date).time_since_epoch();
  if (!skip(text, "Tt ")) return text.empty() ? std::optional(Timestamp{time.count()}) : std::nullopt;
  for (const seconds unit : {seconds(3600), seconds(60), seconds(1)}) {
    if (unit != seconds(3600) && !skip(text, ":")) break;
    const auto number = digits(text, 2);
    if (!number || *number > 60) return std::nullopt;
    time += *number * unit;
  }
  if (skip(text, ".")) time += nanoseconds(fraction(text));
  if (text.empty() || text == "Z" || text == "z") return Timestamp{time.count()};
  const bool is_east = text.front() == '+';
  if (!skip(text, "+-")) return std::nullopt;
  const auto zone_hours = digits(text, 2);
  skip(text, ":");
  const auto zone_minutes = digits(text, 2);
  if (!zone_hours || !zone_minutes || !text.empty()) return std::nullopt;
  const nanoseconds offset = hours(*zone_hours) + minutes(*zone_minutes);
  return Timestamp{(is_east ? time - offset : time + offset).count()};
}

}  // namespace

int wrong_usage(std::string_view command, std::string_view message) {
  complain(command, message);
  return 2;
}

int failed(std::string_view command, std::string_view message) {
  complain(command, message);
  return 1;
}

Result<Duration> read_duration(std::string_view option, std::string_view text) {
  if (const auto duration = filter::parse_duration(text); duration && *duration >= Duration::zero()) return *duration;
  return Error{ErrorCode::invalid_argument,
               std::string(option) + ": '" + std::string(text) + "' is not a duration such as 30s, 15m or 1h30m"};
}

Result<Timestamp> read_time(std::string_view option, std::string_view text, Timestamp now) {
  if (const auto ago = filter::parse_duration(text)) return now - *ago;
  std::int64_t unix_ns = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), unix_ns);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return Timestamp{unix_ns};
  if (const auto time = parse_date_time(text)) return *time;
  return Error{ErrorCode::invalid_argument, std::string(option) + ": '" + std::string(text) +
                                                "' is neither how long ago (1h), nor a time such as "
                                                "2026-11-22T18:30:00Z, nor unix nanoseconds"};
}

std::optional<Color> parse_color(std::string_view text) {
  if (text == "auto") return Color::automatic;
  if (text == "always") return Color::always;
  if (text == "never") return Color::never;
  return std::nullopt;
}

bool wants_color(Color color) {
  return color == Color::always || (color == Color::automatic && isatty(STDOUT_FILENO) == 1);
}

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return default_width;
  return std::max<std::size_t>(width_min, size.ws_col);
}

}  // namespace filo::app
