// The JSON decoder over any text. Whatever it takes is a model like any other: it goes through protobuf unchanged.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/otlp/otlp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto decoded = filo::wire::otlp::decode_json(body);
  if (!decoded) {
    CHECK(!decoded.error().message.empty());
    return 0;
  }
  const auto again = filo::wire::otlp::decode(filo::wire::otlp::encode(decoded->batch.spans));
  CHECK(again && again->batch.spans.size() == decoded->batch.spans.size());
  for (std::size_t i = 0; i < again->batch.spans.size(); ++i) {
    CHECK(equal(again->batch.spans[i], decoded->batch.spans[i]));
  }
  return 0;
}
