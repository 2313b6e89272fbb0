#include "api/native/request_body.h"

#include <simdjson.h>

#include <charconv>

namespace filo::api {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t rows_max = 512;

// Calls `member(name, value)` for each member of the one object that the body is. `member` says what is wrong.
template <typename Member>
std::optional<Problem> for_each_member(std::string_view body, Member member) {
  dom::parser parser;
  dom::element document;
  if (const auto error = parser.parse(simdjson::padded_string(body)).get(document)) {
    return bad_request(std::string("the body is not valid JSON: ") + simdjson::error_message(error));
  }
  dom::object object;
  if (document.get(object)) return bad_request("the body: expected a JSON object");
  for (const auto& [name, value] : object) {
    if (auto problem = member(std::string_view(name), value)) return problem;
  }
  return std::nullopt;
}

std::optional<Problem> expected(std::string_view name, std::string_view what) {
  return bad_request(std::string(name) + ": expected " + std::string(what));
}
std::optional<Problem> unknown(std::string_view name) {
  return bad_request("unknown member in the body: " + std::string(name));
}

std::optional<Problem> read_text(std::string_view name, const dom::element& value, std::string& into) {
  std::string_view text;
  if (value.get(text)) return expected(name, "a string");
  into = text;
  return std::nullopt;
}

std::optional<Problem> read_time(std::string_view name, const dom::element& value, std::optional<std::int64_t>& into) {
  std::string_view text;
  std::int64_t ns = 0;
  if (!value.get(text)) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (error == std::errc() && end == text.data() + text.size()) return into = ns, std::nullopt;
  }
  return expected(name, "unix nanoseconds in a string, such as \"1700000000000000000\"");
}

std::optional<Problem> read_filter(const dom::element& value, filter::SpanFilter& into) {
  std::string_view text;
  if (value.get(text)) return expected("q", "a string");
  auto parsed = filter::parse(text);
  if (const auto* error = std::get_if<filter::ParseError>(&parsed)) {
    Problem problem = bad_request("q: " + error->message);
    problem.position = error->position;
    return problem;
  }
  into = std::get<filter::SpanFilter>(std::move(parsed));
  return std::nullopt;
}

std::optional<Problem> read_rows(const dom::element& value, std::vector<std::size_t>& into) {
  dom::array array;
  if (value.get(array)) return expected("rows", "an array of row numbers");
  if (array.size() > rows_max) return expected("rows", "at most " + std::to_string(rows_max) + " row numbers");
  for (const auto& item : array) {
    std::uint64_t row = 0;
    if (item.get(row)) return expected("rows", "row numbers");
    into.push_back(row);
  }
  return std::nullopt;
}

}  // namespace

Checked<SearchRequest> parse_search_request(std::string_view body) {
  SearchRequest request;
  auto problem = for_each_member(body, [&](std::string_view name, const dom::element& value) -> std::optional<Problem> {
    if (name == "q") return read_filter(value, request.filter);
    if (name == "from") return read_time(name, value, request.from_ns);
    if (name == "to") return read_time(name, value, request.to_ns);
    if (name == "cursor") return value.is_null() ? std::nullopt : read_text(name, value, request.cursor);
    if (name != "limit") return unknown(name);
    return value.get(request.limit) ? expected(name, "a number") : std::nullopt;
  });
  if (problem) return *std::move(problem);
  return request;
}

Checked<RowsRequest> parse_rows_request(std::string_view body) {
  RowsRequest request;
  bool has_rows = false;
  auto problem = for_each_member(body, [&](std::string_view name, const dom::element& value) -> std::optional<Problem> {
    if (name == "version") return read_text(name, value, request.version);
    if (name != "rows") return unknown(name);
    has_rows = true;
    return read_rows(value, request.rows);
  });
  if (problem) return *std::move(problem);
  if (request.version.empty()) return bad_request("version: is required; it is in the trace's columns");
  if (!has_rows) return bad_request("rows: is required");
  return request;
}

Checked<FilterRequest> parse_filter_request(std::string_view body) {
  FilterRequest request;
  bool has_filter = false;
  auto problem = for_each_member(body, [&](std::string_view name, const dom::element& value) -> std::optional<Problem> {
    if (name == "version") return read_text(name, value, request.version);
    if (name != "q") return unknown(name);
    has_filter = true;
    return read_filter(value, request.filter);
  });
  if (problem) return *std::move(problem);
  if (request.version.empty()) return bad_request("version: is required; it is in the trace's columns");
  if (!has_filter) return bad_request("q: is required");
  return request;
}

}  // namespace filo::api
