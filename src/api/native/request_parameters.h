// The query parameters of one request, each taken once; what is left over at the end is unknown and refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/native/problem.h"

namespace filo::api {

class RequestParameters {
 public:
  explicit RequestParameters(std::string_view query) : pairs_(net::parse_query(query)) {}

  // Empty when absent.
  std::string take(std::string_view name);
  std::size_t take_limit(std::size_t default_value, std::size_t max);
  // The first thing that was wrong; call when everything known was taken.
  std::optional<Problem> finish();

 private:
  void fail(std::string title) {
    if (!problem_) problem_ = bad_request(std::move(title));
  }

  std::vector<std::pair<std::string, std::string>> pairs_;
  std::optional<Problem> problem_;
};

}  // namespace filo::api
