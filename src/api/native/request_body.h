// The JSON bodies of our requests, read and checked. Pure; memory is bounded by the body's size.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "api/native/problem.h"
#include "filter/span_filter.h"

namespace filo::api {

template <typename T>
using Checked = std::variant<T, Problem>;

struct SearchRequest {
  filter::SpanFilter filter;
  std::optional<std::int64_t> from_ns;
  std::optional<std::int64_t> to_ns;
  std::int64_t limit = 100;
  std::string cursor;
};
Checked<SearchRequest> parse_search_request(std::string_view body);

struct RowsRequest {
  std::string version;
  std::vector<std::size_t> rows;
};
Checked<RowsRequest> parse_rows_request(std::string_view body);

struct FilterRequest {
  std::string version;
  filter::SpanFilter filter;
};
Checked<FilterRequest> parse_filter_request(std::string_view body);

}  // namespace filo::api
