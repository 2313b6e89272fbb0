// Jaeger's clients: `uber-trace-id`, baggage in `uberctx-*` and by hand in `jaeger-baggage`, and `jaeger-debug-id`.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

class JaegerFormat final : public Format {
 public:
  explicit constexpr JaegerFormat(Carrier carrier) : carrier_(carrier) {}

  std::string_view name() const override { return carrier_ == Carrier::http ? "jaeger" : "jaeger-text-map"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;

 private:
  Carrier carrier_;
};

}  // namespace filo::propagation
