#include "filter/pattern.h"

#include <re2/re2.h>

namespace filo::filter {

Result<std::shared_ptr<const Pattern>> Pattern::create(std::string_view text) {
  constexpr std::int64_t memory_max = 1 << 20;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_dot_nl(true);
  options.set_max_mem(memory_max);
  auto expression = std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!expression->ok()) {
    return Error{ErrorCode::invalid_argument, "the regular expression is not valid (RE2): " + expression->error()};
  }
  return std::shared_ptr<const Pattern>(std::make_shared<const Pattern>(std::move(expression)));
}

Pattern::Pattern(std::unique_ptr<re2::RE2> expression) : expression_(std::move(expression)) {}
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

}  // namespace filo::filter
