// Pattern: one compiled regular expression (RE2 syntax), for conditions. Linear in the text and bounded in memory,
// whatever the pattern. Immutable; any thread may use it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace filo::filter {

class Pattern {
 public:
  static Result<std::shared_ptr<const Pattern>> create(std::string_view text);
  explicit Pattern(std::unique_ptr<re2::RE2> expression);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // The whole text; '.' also matches a line's end, because values such as statements have several lines.
  bool matches(std::string_view text) const;

 private:
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace filo::filter
