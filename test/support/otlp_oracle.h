// What libprotobuf makes of an OTLP request, compared with what our decoder made of it. For tests and fuzz targets.
#pragma once

#include <string>
#include <string_view>

#include "wire/decoded.h"

namespace filo::test {

// Empty when libprotobuf reads the body too and agrees on every span that we kept, else the first difference. Spans
// that we rejected are checked for their number only.
std::string difference_from_oracle(std::string_view body, const wire::Decoded& decoded);
bool oracle_parses(std::string_view body);

}  // namespace filo::test
