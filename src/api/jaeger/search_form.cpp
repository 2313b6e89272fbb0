#include "api/jaeger/search_form.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <map>

namespace filo::api {
namespace {

using filter::Condition;
using filter::Field;
using filter::Level;
using filter::Op;

constexpr std::int64_t limit_max = 10'000;
constexpr std::size_t trace_ids_max = 1500;
constexpr Duration lookback = std::chrono::hours(48);

std::string_view value_of(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string cannot_parse(std::string_view name, const std::string& reason) {
  return "unable to parse param '" + std::string(name) + "': " + reason;
}

// Go's words for what does not parse.
std::variant<std::int64_t, std::string> parse_integer(std::string_view name, std::string_view text) {
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    return cannot_parse(name, "strconv.ParseInt: parsing " + in_quotes(text) + ": value out of range");
  }
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return cannot_parse(name, "strconv.ParseInt: parsing " + in_quotes(text) + ": invalid syntax");
  }
  return value;
}

std::int64_t nanoseconds(std::int64_t microseconds) {
  constexpr std::int64_t max = INT64_MAX / 1000;
  if (microseconds > max) return INT64_MAX;
  return microseconds < -max ? INT64_MIN : microseconds * 1000;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

struct PseudoTag {
  std::string_view key;
  Field field;
};
// Tags that are not attributes: Jaeger's own, and those that traces are shown with.
constexpr std::array pseudo_tags{
    PseudoTag{"span.kind", Field::kind},
    PseudoTag{"span.status", Field::status},
    PseudoTag{"otel.status_code", Field::status},
    PseudoTag{"scope.name", Field::scope_name},
    PseudoTag{"otel.scope.name", Field::scope_name},
    PseudoTag{"scope.version", Field::scope_version},
    PseudoTag{"otel.scope.version", Field::scope_version},
};

Condition condition_of(std::string_view key, std::string_view value) {
  if (key == "error" && (value == "true" || value == "false")) {
    return *filter::make_condition(Field::status, value == "true" ? Op::equal : Op::not_equal, "error");
  }
  for (const auto& tag : pseudo_tags) {
    if (tag.key != key) continue;
    const bool is_name = tag.field == Field::kind || tag.field == Field::status;
    auto condition = filter::make_condition(tag.field, Op::equal, is_name ? lower(value) : value);
    // What is no kind or status can still be an attribute of that name.
    if (condition) return *std::move(condition);
  }
  constexpr std::string_view resource = "resource.";
  if (key.starts_with(resource) && key.size() > resource.size()) {
    return *filter::make_attribute_condition(Level::resource, key.substr(resource.size()), Op::equal, value);
  }
  return *filter::make_attribute_condition(Level::any, key, Op::equal, value);
}

// {"key":"value",…}; nothing but strings.
std::string add_json_tags(std::string_view text, std::map<std::string, std::string>& tags) {
  const auto malformed = [](const std::string& why) {
    return "malformed 'tags' parameter, cannot unmarshal JSON: " + why;
  };
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (const auto error = parser.parse(simdjson::padded_string(text)).get(object)) {
    return malformed(simdjson::error_message(error));
  }
  for (const auto& [key, element] : object) {
    std::string_view value;
    if (element.get(value)) return malformed("the value of " + in_quotes(key) + " is not a string");
    tags[std::string(key)] = value;
  }
  return {};
}

std::string read_tags(const Parameters& parameters, std::map<std::string, std::string>& tags) {
  for (const auto& [name, value] : parameters) {
    if (name == "tag") {
      const std::size_t colon = value.find(':');
      if (colon == std::string::npos) return "malformed 'tag' parameter, expecting key:value, received: " + value;
      tags[value.substr(0, colon)] = value.substr(colon + 1);
    } else if (name == "tags") {
      if (auto error = add_json_tags(value, tags); !error.empty()) return error;
    }
  }
  return {};
}

std::string read_duration(const Parameters& parameters, std::string_view name, std::optional<Duration>& into) {
  const std::string_view text = value_of(parameters, name);
  if (text.empty() || text == "0") return {};
  into = filter::parse_duration(text);
  return into ? std::string() : cannot_parse(name, "time: invalid duration " + in_quotes(text));
}

std::string read_durations(const Parameters& parameters, filter::SpanFilter& filter) {
  std::optional<Duration> min;
  std::optional<Duration> max;
  if (auto error = read_duration(parameters, "minDuration", min); !error.empty()) return error;
  if (auto error = read_duration(parameters, "maxDuration", max); !error.empty()) return error;
  if (min && max && *min > *max) return "'maxDuration' should be greater than 'minDuration'";
  const auto add = [&filter](Op op, Duration duration) {
    const std::string text = std::to_string(duration.count()) + "ns";
    filter.conditions.push_back(*filter::make_condition(Field::duration, op, text));
  };
  if (min) add(Op::greater_equal, *min);
  if (max) add(Op::less_equal, *max);
  return {};
}

std::string read_time(const Parameters& parameters, std::string_view name, Timestamp& into) {
  const std::string_view text = value_of(parameters, name);
  if (text.empty()) return {};
  const auto microseconds = parse_integer(name, text);
  if (const auto* error = std::get_if<std::string>(&microseconds)) return *error;
  into = Timestamp{nanoseconds(std::get<std::int64_t>(microseconds))};
  return {};
}

std::string read_range(const Parameters& parameters, Timestamp now, query::TimeRange& range) {
  range = {now - lookback, now};
  if (auto error = read_time(parameters, "start", range.from); !error.empty()) return error;
  if (auto error = read_time(parameters, "end", range.to); !error.empty()) return error;
  // Jaeger's end is in the range, and so is the rest of its microsecond.
  if (range.to.unix_ns < INT64_MAX - 1000) range.to = range.to + Duration(1000);
  return {};
}

std::string read_limit(const Parameters& parameters, std::size_t& into) {
  const std::string_view text = value_of(parameters, "limit");
  if (text.empty()) return {};
  const auto limit = parse_integer("limit", text);
  if (const auto* error = std::get_if<std::string>(&limit)) return *error;
  const auto value = std::get<std::int64_t>(limit);
  if (value < 1 || value > limit_max) {
    return cannot_parse("limit", "expected a number from 1 to " + std::to_string(limit_max));
  }
  into = static_cast<std::size_t>(value);
  return {};
}

std::string read_trace_ids(const Parameters& parameters, std::vector<TraceId>& into) {
  for (const auto& [name, value] : parameters) {
    if (name != "traceID") continue;
    const auto id = parse_jaeger_trace_id(value);
    if (!id) return "cannot parse traceID param: " + in_quotes(value) + " is not a trace ID";
    if (into.size() == trace_ids_max) return "too many traceID params: at most " + std::to_string(trace_ids_max);
    into.push_back(*id);
  }
  return {};
}

std::string read_query(const Parameters& parameters, Timestamp now, query::TraceQuery& query) {
  const std::string_view service = value_of(parameters, "service");
  if (service.empty()) return "parameter 'service' is required";
  query.filter.conditions.push_back(*filter::make_condition(Field::service, Op::equal, service));
  const std::string_view operation = value_of(parameters, "operation");
  if (!operation.empty()) {
    query.filter.conditions.push_back(*filter::make_condition(Field::operation, Op::equal, operation));
  }
  if (auto error = read_range(parameters, now, query.range); !error.empty()) return error;
  if (auto error = read_limit(parameters, query.limit); !error.empty()) return error;
  if (auto error = read_durations(parameters, query.filter); !error.empty()) return error;
  std::map<std::string, std::string> tags;
  if (auto error = read_tags(parameters, tags); !error.empty()) return error;
  for (const auto& [key, value] : tags) query.filter.conditions.push_back(condition_of(key, value));
  return {};
}

int base64_digit(char c) {
  if ('A' <= c && c <= 'Z') return c - 'A';
  if ('a' <= c && c <= 'z') return c - 'a' + 26;
  if ('0' <= c && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

}  // namespace

std::variant<JaegerSearch, std::string> parse_search_form(const Parameters& parameters, Timestamp now) {
  JaegerSearch search;
  if (auto error = read_trace_ids(parameters, search.trace_ids); !error.empty()) return error;
  if (search.trace_ids.empty()) {
    if (auto error = read_query(parameters, now, search.query); !error.empty()) return error;
  }
  return search;
}

std::string check_time_hints(const Parameters& parameters) {
  Timestamp time;
  if (auto error = read_time(parameters, "start", time); !error.empty()) return error;
  return read_time(parameters, "end", time);
}

std::optional<TraceId> parse_jaeger_trace_id(std::string_view text) {
  if (const auto id = parse_trace_id(text)) return id;
  constexpr std::size_t digits = 22;  // of 16 bytes
  if (text.size() == digits + 2 && text.ends_with("==")) text.remove_suffix(2);
  if (text.size() != digits) return std::nullopt;
  std::string bytes;
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int digit = base64_digit(text[i]);
    if (digit < 0) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    const std::size_t bits = (i + 1) * 6;
    if (bits / 8 > bytes.size()) bytes.push_back(static_cast<char>(group >> (bits % 8)));
  }
  return trace_id_from_bytes(bytes);
}

}  // namespace filo::api
