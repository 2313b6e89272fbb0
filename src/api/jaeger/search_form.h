// What Jaeger's search form asks for, from query parameters to a TraceQuery. Messages are Jaeger's own, because people
// and scripts know them. Pure.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "query/trace_query.h"

namespace filo::api {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct JaegerSearch {
  query::TraceQuery query;
  std::vector<TraceId> trace_ids;  // instead of the query, when there are any
};

// Either the search or what is wrong with it.
std::variant<JaegerSearch, std::string> parse_search_form(const Parameters& parameters, Timestamp now);

// `start` and `end` of one trace: only hints, but malformed ones are refused.
std::string check_time_hints(const Parameters& parameters);

// 1 to 32 hexadecimal digits, or 16 bytes in base64 (either alphabet, padded or not).
std::optional<TraceId> parse_jaeger_trace_id(std::string_view text);

}  // namespace filo::api
