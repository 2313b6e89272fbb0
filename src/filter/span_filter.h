// SpanFilter: which spans somebody means. Conditions that one span must all meet; the language they are written in is
// described in proto/filo/query.openapi.yaml. Pure; a filter is immutable once parsed, and any thread may use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/span.h"

namespace filo::filter {

enum class Field : std::uint8_t {
  service,
  operation,
  kind,
  status,
  duration,
  scope_name,
  scope_version,
  event_name,
  attribute
};
enum class Level : std::uint8_t { any, span, resource, scope, event };  // where an attribute stands
enum class Op : std::uint8_t {
  equal,
  not_equal,
  greater,
  greater_equal,
  less,
  less_equal,
  matches,
  not_matches,
  exists,
  absent
};

class Pattern;  // a compiled regular expression

struct Condition {
  Field field = Field::attribute;
  Level level = Level::any;  // for Field::attribute
  std::string key;           // for Field::attribute
  Op op = Op::equal;
  std::string text;                        // the value as written; nanoseconds in decimal for durations
  std::optional<std::int64_t> integer;     // `text` as an integer, if it is one
  std::optional<double> number;            // `text` as a number, if it is one
  std::shared_ptr<const Pattern> pattern;  // for matches and not_matches
};

struct SpanFilter {
  std::vector<Condition> conditions;  // none: every span
};

// An error's position is the byte offset in the text.
struct ParseError {
  std::string message;
  std::size_t position = 0;
};
// Either a filter or what is wrong with the text. Bounded: 64 KiB of text, 100 conditions.
std::variant<SpanFilter, ParseError> parse(std::string_view text);
// The same filter as text that parse() reads back.
std::string to_text(const SpanFilter& filter);

// For those who build conditions from a form. Fails when the value does not fit the field (kind=nonsense).
Result<Condition> make_condition(Field field, Op op, std::string_view value);
Result<Condition> make_attribute_condition(Level level, std::string_view key, Op op, std::string_view value);

bool matches(const SpanFilter& filter, const Span& span);
bool matches(const Condition& condition, const Span& span);
// One value against the condition's operator and operand; not for exists and absent.
bool matches(const Condition& condition, const AttributeValue& value);
// The same for plain text (service, operation and such).
bool matches_text(const Condition& condition, std::string_view text);

// "1.5s", "250ms", "10us" or "10µs", "3m", "1h2m", "-5ns"; a bare number is refused. Jaeger's and Go's notation.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace filo::filter
