#include "api/native/request_parameters.h"

#include <algorithm>
#include <charconv>

namespace filo::api {

std::string RequestParameters::take(std::string_view name) {
  const auto found =
      std::find_if(pairs_.begin(), pairs_.end(), [name](const auto& pair) { return pair.first == name; });
  if (found == pairs_.end()) return {};
  std::string value = std::move(found->second);
  pairs_.erase(found);
  return value;
}

std::size_t RequestParameters::take_limit(std::size_t default_value, std::size_t max) {
  const bool given = std::any_of(pairs_.begin(), pairs_.end(), [](const auto& pair) { return pair.first == "limit"; });
  if (!given) return default_value;
  const std::string text = take("limit");
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && 1 <= value && value <= max) return value;
  fail("limit: expected a number from 1 to " + std::to_string(max));
  return default_value;
}

std::optional<Problem> RequestParameters::finish() {
  if (!pairs_.empty()) fail("unknown query parameter: " + pairs_.front().first);
  return std::move(problem_);
}

}  // namespace filo::api
