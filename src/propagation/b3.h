// Zipkin's B3: the header `b3`, or the headers `X-B3-*`.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

// How B3 is written. Both ways are always read, and `b3` comes first.
enum class B3Style : std::uint8_t { single, multi };

class B3Format final : public Format {
 public:
  explicit constexpr B3Format(B3Style style) : style_(style) {}

  std::string_view name() const override { return style_ == B3Style::single ? "b3" : "b3multi"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;

 private:
  B3Style style_;
};

// `X-B3-Sampled`: 1, 0, true, false in any case.
bool parse_b3_sampled(std::string_view text, Decision& decision);

}  // namespace filo::propagation
