#include "test/support/decoded_spans.h"

#include <gtest/gtest.h>

#include "wire/otlp/otlp.h"

namespace filo::test {

std::vector<DecodedSpan> decode_spans(const std::string& body) {
  std::vector<DecodedSpan> out;
  const auto decoded = wire::otlp::decode(body);
  if (!decoded) {
    ADD_FAILURE() << decoded.error().message;
    return out;
  }
  EXPECT_EQ(decoded->rejected.total(), 0U);
  for (const auto& span : decoded->batch.spans) {
    DecodedSpan plain;
    plain.service = span.resource->service;
    plain.trace_id = to_hex(span.trace_id);
    plain.id = to_hex(span.id);
    if (!span.parent_id.is_zero()) plain.parent_id = to_hex(span.parent_id);
    plain.name = span.name;
    plain.kind = name_of(span.kind);
    plain.status = name_of(span.status);
    plain.status_message = span.status_message;
    plain.start_ns = span.start.unix_ns;
    plain.end_ns = span.end.unix_ns;
    for (const auto& attribute : span.attributes) {
      plain.attributes[std::string(attribute.key)] = to_text(attribute.value);
    }
    plain.dropped_attributes = span.dropped_attributes;
    for (const auto& event : span.events) plain.events.emplace_back(event.name);
    for (const auto& link : span.links) plain.links.push_back(to_hex(link.span_id));
    out.push_back(std::move(plain));
  }
  return out;
}

}  // namespace filo::test
