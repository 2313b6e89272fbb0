// Our decoder against libprotobuf over any bytes. What we take, it takes and sees the same; what we refuse, it refuses,
// but for these differences, all on purpose: a known field in another wire type (it calls that an unknown field),
// groups nested deeper than 32, field tags of more than 32 bits (it drops the bits above), and lists of tiny elements.
// The other way round, it refuses tags and lengths written with more bytes than needed for 32 bits, and nesting
// beyond 100.
#include <cstdint>

#include "base/check.h"
#include "test/support/otlp_oracle.h"
#include "wire/otlp/otlp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const bool oracle_takes_it = filo::test::oracle_parses(body);
  const auto decoded = filo::wire::otlp::decode(body);
  if (!decoded) {
    const std::string& message = decoded.error().message;
    const bool on_purpose = decoded.error().code == filo::ErrorCode::too_large ||
                            message.find("more than 32 bits") != std::string::npos ||
                            message.find("which is not its own") != std::string::npos ||
                            message.find("a group does not end") != std::string::npos;
    CHECK(on_purpose || !oracle_takes_it);
    return 0;
  }
  if (!oracle_takes_it) return 0;
  CHECK(filo::test::difference_from_oracle(body, *decoded).empty());
  // Lossless: what we write again, we read again.
  const auto again = filo::wire::otlp::decode(filo::wire::otlp::encode(decoded->batch.spans));
  CHECK(again && again->batch.spans.size() == decoded->batch.spans.size());
  for (std::size_t i = 0; i < again->batch.spans.size(); ++i) {
    CHECK(equal(again->batch.spans[i], decoded->batch.spans[i]));
  }
  return 0;
}
