// SkyWalking v3: `sw8`, `sw8-x`, `sw8-correlation`.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

class SkyWalkingFormat final : public Format {
 public:
  std::string_view name() const override { return "skywalking"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  // `sw8` names the caller, and readers ignore one that does not: without service, instance, endpoint and address it is
  // not written. An unsampled request writes none either; SkyWalking cannot say no.
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;
};

}  // namespace filo::propagation
