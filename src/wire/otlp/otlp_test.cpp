#include "wire/otlp/otlp.h"

#include <gtest/gtest.h>

#include <cmath>

#include "test/support/otlp_oracle.h"
#include "test/support/random_spans.h"
#include "wire/protobuf/writer.h"

namespace filo::wire::otlp {
namespace {

using protobuf::Writer;

std::string field(std::uint32_t number, std::string_view bytes) {
  std::string out;
  Writer(out).bytes(number, bytes);
  return out;
}
std::string varint_field(std::uint32_t number, std::uint64_t value) {
  std::string out;
  Writer(out).varint(number, value);
  return out;
}
std::string fixed64_field(std::uint32_t number, std::uint64_t value) {
  std::string out;
  Writer(out).fixed64(number, value);
  return out;
}

const std::string ids = field(1, "0123456789abcdef") + field(2, "01234567");
std::string text_attribute(std::string_view key, std::string_view value) {
  return field(1, key) + field(2, field(1, value));
}
std::string scope_of(const std::string& spans) { return field(2, spans); }
std::string request_of(const std::string& span_bytes) { return field(1, scope_of(field(2, span_bytes))); }

Decoded decode_ok(std::string body) {
  auto decoded = decode(std::move(body));
  EXPECT_TRUE(decoded) << decoded.error().message;
  return decoded ? std::move(*decoded) : Decoded{};
}
std::string decode_error(std::string body) {
  const auto decoded = decode(std::move(body));
  EXPECT_FALSE(decoded);
  return decoded ? "" : decoded.error().message;
}
// The one span of the body is rejected for that reason.
void expect_rejected(const std::string& span_bytes, Rejection reason) {
  const Decoded decoded = decode_ok(request_of(span_bytes));
  EXPECT_TRUE(decoded.batch.spans.empty());
  EXPECT_EQ(decoded.rejected.total(), 1U);
  EXPECT_EQ(decoded.rejected.counts[static_cast<std::size_t>(reason)], 1U) << name_of(reason);
  EXPECT_EQ(decoded.rejected.first, "resource_spans[0].scope_spans[0].spans[0]: " + std::string(explain(reason)));
}

TEST(Otlp, RandomSpansRoundTripAndLibprotobufAgrees) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    test::RandomSpans random(seed);
    const SpanBatch batch = random.batch(1 + seed % 12);
    const std::string body = encode(batch.spans);
    const Decoded decoded = decode_ok(body);
    ASSERT_EQ(decoded.batch.spans.size(), batch.spans.size()) << "seed " << seed;
    for (std::size_t i = 0; i < batch.spans.size(); ++i) {
      EXPECT_TRUE(equal(batch.spans[i], decoded.batch.spans[i])) << "seed " << seed << " span " << i;
    }
    EXPECT_EQ(decoded.batch.otlp, body);
    EXPECT_EQ(test::difference_from_oracle(body, decoded), "") << "seed " << seed;
    EXPECT_EQ(encode(decoded.batch.spans), body);
  }
}

TEST(Otlp, StringsAreViewsIntoTheBodyThatTheBatchKeeps) {
  const Decoded decoded = decode_ok(request_of(ids + field(5, "a name of some length")));
  const SpanBatch& batch = decoded.batch;
  ASSERT_EQ(batch.spans.size(), 1U);
  EXPECT_GE(batch.spans[0].name.data(), batch.otlp.data());
  EXPECT_LT(batch.spans[0].name.data(), batch.otlp.data() + batch.otlp.size());
}

TEST(Otlp, EveryTruncationAndBitFlipIsHandled) {
  // Small, because each of its bits costs a decode, yet with lists in lists.
  std::string body(10'000, 'x');
  for (std::uint64_t seed = 1; body.size() > 500 || body.size() < 300; ++seed) {
    body = encode(test::RandomSpans(seed).batch(1).spans);
  }
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto decoded = decode(body.substr(0, size));
    if (decoded) {
      EXPECT_LE(decoded->batch.spans.size(), 2U);
    }
  }
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    std::string flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto decoded = decode(flipped);
    if (!decoded) {
      ++refused;
    } else if (test::oracle_parses(flipped)) {
      EXPECT_EQ(test::difference_from_oracle(flipped, *decoded), "") << "bit " << bit;
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST(Otlp, FieldsMayComeInAnyOrderAndInPieces) {
  const std::string resource_a = field(1, field(1, text_attribute("service.name", "checkout")));
  const std::string resource_b = field(1, field(1, text_attribute("host.name", "node-1")) + varint_field(2, 3));
  const std::string scope_part = field(1, field(1, "lib") + field(2, "1"));
  const std::string scope_spans = scope_of(field(2, ids) + scope_part + field(3, "schema:scope"));
  const std::string body = field(1, scope_spans + field(3, "schema:resource") + resource_a + resource_b);
  const Decoded decoded = decode_ok(body);
  ASSERT_EQ(decoded.batch.spans.size(), 1U);
  const Span& span = decoded.batch.spans[0];
  EXPECT_EQ(span.resource->service, "checkout");
  EXPECT_EQ(span.resource->attributes.size(), 2U);
  EXPECT_EQ(span.resource->dropped_attributes, 3U);
  EXPECT_EQ(span.resource->schema_url, "schema:resource");
  EXPECT_EQ(span.scope->name, "lib");
  EXPECT_EQ(span.scope->schema_url, "schema:scope");
  EXPECT_EQ(test::difference_from_oracle(body, decoded), "");
}

TEST(Otlp, ArraysInPiecesJoinAndTheLastScalarWins) {
  const std::string one = field(5, field(1, varint_field(3, 1)));
  const std::string two = field(5, field(1, varint_field(3, 2)));
  const std::string joined = field(1, "a") + field(2, one) + field(2, two);
  const std::string replaced = field(1, "x") + field(1, "b") + field(2, one) + field(2, field(1, "text"));
  const std::string body = request_of(ids + field(9, joined) + field(9, replaced) + field(5, "old") + field(5, "new"));
  const Decoded decoded = decode_ok(body);
  ASSERT_EQ(decoded.batch.spans.size(), 1U);
  const Span& span = decoded.batch.spans[0];
  EXPECT_EQ(span.name, "new");
  ASSERT_EQ(span.attributes.size(), 2U);
  EXPECT_EQ(span.attributes[0].value.items().size(), 2U);
  EXPECT_EQ(span.attributes[1].key, "b");
  EXPECT_EQ(span.attributes[1].value.text(), "text");
  EXPECT_EQ(test::difference_from_oracle(body, decoded), "");
}

TEST(Otlp, WhatIsUnusualIsKept) {
  const std::string body = request_of(ids + field(4, std::string(8, '\0')) + fixed64_field(7, 200) +
                                      fixed64_field(8, 100) + varint_field(6, 77) + field(15, varint_field(3, 9)) +
                                      field(5, "\xff\xfe") + field(100, "unknown") + varint_field(99, 1));
  const Decoded decoded = decode_ok(body);
  ASSERT_EQ(decoded.batch.spans.size(), 1U);
  const Span& span = decoded.batch.spans[0];
  EXPECT_TRUE(span.parent_id.is_zero());
  EXPECT_EQ(span.duration().count(), -100);
  EXPECT_EQ(span.kind, SpanKind::unspecified);
  EXPECT_EQ(span.status, StatusCode::unset);
  EXPECT_EQ(span.name, "\xff\xfe");
  EXPECT_EQ(span.resource->service, unknown_service);
}

TEST(Otlp, ABadSpanCostsItselfOnly) {
  const std::string good = field(2, ids);
  const std::string bad = field(2, field(1, "short") + field(2, "01234567"));
  const Decoded decoded = decode_ok(field(1, scope_of(good + bad + good)));
  EXPECT_EQ(decoded.batch.spans.size(), 2U);
  EXPECT_EQ(decoded.rejected.total(), 1U);
  EXPECT_EQ(decoded.rejected.first,
            "resource_spans[0].scope_spans[0].spans[1]: the trace id must be 16 bytes that are not all zero");
}

TEST(Otlp, EachReasonIsCountedByName) {
  expect_rejected(field(1, std::string(16, '\0')) + field(2, "01234567"), Rejection::trace_id);
  expect_rejected(field(2, "01234567"), Rejection::trace_id);
  expect_rejected(field(1, "0123456789abcdef"), Rejection::span_id);
  expect_rejected(field(1, "0123456789abcdef") + field(2, std::string(8, '\0')), Rejection::span_id);
  expect_rejected(ids + field(4, "1234"), Rejection::parent_id);
  expect_rejected(ids + field(13, field(1, "1234")), Rejection::link_id);
  expect_rejected(ids + fixed64_field(7, std::uint64_t{1} << 63), Rejection::time);
  expect_rejected(ids + field(11, fixed64_field(1, ~std::uint64_t{0})), Rejection::time);
  expect_rejected(ids + field(9, text_attribute(std::string(70'000, 'k'), "v")), Rejection::key_too_long);
  expect_rejected(ids + field(5, std::string(Limits::span_bytes_max, 'n')), Rejection::span_too_large);
  std::string nested = varint_field(3, 1);
  for (std::size_t depth = 0; depth <= Limits::value_depth_max; ++depth) nested = field(5, field(1, nested));
  expect_rejected(ids + field(9, field(1, "deep") + field(2, nested)), Rejection::too_deep);
  // Long enough values, so that the limit on lists comes before the one on memory.
  std::string many = ids;
  for (std::size_t i = 0; i <= Limits::attributes_max; ++i) many += field(9, text_attribute("key", "value"));
  expect_rejected(many, Rejection::too_many_attributes);
  std::string events = ids;
  for (std::size_t i = 0; i <= Limits::events_max; ++i) events += field(11, fixed64_field(1, 1));
  expect_rejected(events, Rejection::too_many_events);
}

TEST(Otlp, TheDeepestLegalValueIsKept) {
  std::string nested = varint_field(3, 1);
  for (std::size_t depth = 0; depth < Limits::value_depth_max; ++depth) nested = field(5, field(1, nested));
  EXPECT_EQ(decode_ok(request_of(ids + field(9, field(1, "deep") + field(2, nested)))).batch.spans.size(), 1U);
}

TEST(Otlp, AResourceOverALimitTakesItsSpansAlong) {
  const std::string bad = field(1, field(1, text_attribute(std::string(70'000, 'k'), "v")));
  const std::string spans = scope_of(field(2, ids) + field(2, ids));
  const Decoded decoded = decode_ok(field(1, spans + bad) + request_of(ids));
  EXPECT_EQ(decoded.batch.spans.size(), 1U);
  EXPECT_EQ(decoded.rejected.counts[static_cast<std::size_t>(Rejection::key_too_long)], 2U);
}

TEST(Otlp, AMalformedRequestIsRefusedWithPathAndOffset) {
  std::string overrun = ids;
  overrun += "\x4a\x84\x07" + std::string(12, 'x');  // attributes, length 900
  const std::string body =
      field(1, scope_of(field(2, ids)) + field(2, field(2, ids) + field(2, ids) + field(2, ids) + field(2, overrun)));
  EXPECT_EQ(
      decode_error(body),
      "OTLP: resource_spans[0].scope_spans[1].spans[3].attributes: length 900 exceeds the 12 bytes left (offset " +
          std::to_string(body.size() - 14) + ")");
  EXPECT_EQ(
      decode_error(request_of(ids + field(6, "x"))),
      "OTLP: resource_spans[0].scope_spans[0].spans[0].kind: field 6 has wire type 2, which is not its own (offset " +
          std::to_string(request_of(ids + field(6, "x")).size() - 2) + ")");
  EXPECT_NE(decode_error("{\"resourceSpans\":[]}").find("OTLP: "), std::string::npos);
}

TEST(Otlp, TinyElementsAreNoMemoryBomb) {
  std::string span = ids;
  for (int i = 0; i < 60'000; ++i) span += std::string("\x5a\x00", 2);  // an empty event
  std::string spans;
  for (int i = 0; i < 20; ++i) spans += field(2, span);
  const std::string body = field(1, scope_of(spans));
  const auto decoded = decode(body);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::too_large);
  // An empty span is rejected, and no room was made for it.
  std::string empty_spans;
  for (int i = 0; i < 100'000; ++i) empty_spans += std::string("\x12\x00", 2);
  const Decoded empty = decode_ok(field(1, scope_of(empty_spans)));
  EXPECT_EQ(empty.rejected.total(), 100'000U);
  EXPECT_LT(empty.batch.bytes(), 8U * 200'000U);
}

TEST(Otlp, AnEmptyBodyIsAnEmptyRequest) {
  EXPECT_TRUE(decode_ok("").batch.spans.empty());
  EXPECT_EQ(encode(std::span<const Span>()), "");
}

}  // namespace
}  // namespace filo::wire::otlp
