// W3C Trace Context (level 2) and Baggage: `traceparent`, `tracestate`, `baggage`.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

inline constexpr std::size_t tracestate_bytes_max = 512;
inline constexpr std::size_t tracestate_members_max = 32;

class W3cFormat final : public Format {
 public:
  std::string_view name() const override { return "w3c"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;
};

}  // namespace filo::propagation
