// Alibaba's EagleEye (ARMS): the headers `EagleEye-*`. The system is closed; what is known of it is what its headers
// and documents show.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

class EagleEyeFormat final : public Format {
 public:
  std::string_view name() const override { return "eagleeye"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;
};

}  // namespace filo::propagation
