// Our own log: events, not sentences. An event has a stable snake_case name and typed fields; it goes to standard error
// as one line. Nothing is logged per span or per packet. Thread-safe; does not throw.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.h"

namespace filo::log {

using Value = std::variant<std::int64_t, double, bool, std::string>;
struct Field {
  std::string_view key;
  Value value;
  Field(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  Field(std::string_view k, double v) : key(k), value(v) {}
  template <std::integral T>
  Field(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

enum class Level { debug, info, warning, error, off };
enum class Format { text, json };
void set_level(Level level);
void set_format(Format format);

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

// For things that can repeat without end: true at most once an interval. One static object a place:
//   static log::Every every(10s); if (every.due(clock)) log::warning(…);
class Every {
 public:
  explicit Every(Duration interval) : interval_(interval) {}
  bool due(const Clock& clock);

 private:
  Duration interval_;
  std::atomic<std::int64_t> next_ns_{INT64_MIN};
};

}  // namespace filo::log
