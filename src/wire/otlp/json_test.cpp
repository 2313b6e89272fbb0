#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "test/support/random_spans.h"
#include "wire/otlp/export_response.h"
#include "wire/otlp/json_scalars.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

constexpr std::string_view ids = R"("traceId":"000102030405060708090a0b0c0d0e0f","spanId":"0001020304050607")";

std::string request_of(std::string_view span_fields) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{)" + std::string(span_fields) + "}]}]}]}";
}
std::string with_value(std::string_view value) {
  return request_of(std::string(ids) + R"(,"attributes":[{"key":"k","value":)" + std::string(value) + "}]");
}
Decoded decode_ok(std::string_view body) {
  auto decoded = decode_json(body);
  EXPECT_TRUE(decoded) << decoded.error().message << '\n' << body;
  return decoded ? std::move(*decoded) : Decoded{};
}
// Of the only attribute of the only span.
AttributeValue value_of(const Decoded& decoded) {
  if (decoded.batch.spans.size() != 1 || decoded.batch.spans[0].attributes.size() != 1) {
    ADD_FAILURE() << decoded.rejected.first;
    return {};
  }
  return decoded.batch.spans[0].attributes[0].value;
}
std::int64_t start_of(std::string_view time) {
  const Decoded decoded = decode_ok(request_of(std::string(ids) + R"(,"startTimeUnixNano":)" + std::string(time)));
  return decoded.batch.spans.empty() ? -1 : decoded.batch.spans[0].start.unix_ns;
}

TEST(OtlpJson, TakesTimesInEverySpelling) {
  EXPECT_EQ(start_of(R"("1700000000000000001")"), 1'700'000'000'000'000'001);
  EXPECT_EQ(start_of("1700000000000000001"), 1'700'000'000'000'000'001);
  EXPECT_EQ(start_of("1.7e18"), 1'700'000'000'000'000'000);
  EXPECT_EQ(start_of(R"({"low":-1,"high":7})"), 0x7ffffffff);
  EXPECT_EQ(start_of(R"({"low":4294967295,"high":7,"unsigned":true})"), 0x7ffffffff);
  EXPECT_EQ(start_of("null"), 0);
  EXPECT_EQ(start_of("\"9223372036854775808\""), -1);  // rejected
  EXPECT_EQ(start_of("\"soon\""), -1);
  EXPECT_EQ(start_of("true"), -1);
}

TEST(OtlpJson, TakesIntegersAsNumbersAndStringsAndKeepsWhatIsBeyondThem) {
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"intValue":-42})"))).as_int(), -42);
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"intValue":"9223372036854775807"})"))).as_int(), INT64_MAX);
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"intValue":1.0})"))).as_int(), 1);
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"intValue":1.7976931348623157e+308})"))).as_double(),
            1.7976931348623157e+308);
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"intValue":100000000000000000000})"))).as_double(), 1e20);
  EXPECT_EQ(decode_ok(with_value(R"({"intValue":12x})")).rejected.total(), 1U);
}

TEST(OtlpJson, TakesEveryValueType) {
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"stringValue":"a\n\u4e2d"})"))).text(), "a\n中");
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"string_value":"plain"})"))).text(), "plain");
  EXPECT_TRUE(value_of(decode_ok(with_value(R"({"boolValue":true})"))).as_bool());
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"doubleValue":-0.5})"))).as_double(), -0.5);
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"doubleValue":"-Infinity"})"))).as_double(), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(value_of(decode_ok(with_value(R"({"doubleValue":"NaN"})"))).as_double()));
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"bytesValue":"-_8="})"))).text(), "\xfb\xff");
  EXPECT_EQ(value_of(decode_ok(with_value(R"({"bytesValue":"+/8"})"))).text(), "\xfb\xff");
  const Decoded array = decode_ok(with_value(R"({"arrayValue":{"values":[{"intValue":1},{},null]}})"));
  ASSERT_EQ(value_of(array).items().size(), 3U);
  EXPECT_EQ(value_of(array).items()[0].as_int(), 1);
  const Decoded map = decode_ok(with_value(R"({"kvlistValue":{"values":[{"key":"a","value":{"boolValue":false}}]}})"));
  ASSERT_EQ(value_of(map).entries().size(), 1U);
  EXPECT_EQ(value_of(map).entries()[0].key, "a");
  EXPECT_EQ(value_of(decode_ok(with_value("{}"))).type(), ValueType::empty);
  EXPECT_EQ(value_of(decode_ok(with_value("null"))).type(), ValueType::empty);
}

TEST(OtlpJson, TakesOldAndSnakeCaseNamesAndSkipsUnknownOnes) {
  const Decoded decoded = decode_ok(
      R"({"future":[1,{"x":[]}],"resource_spans":[{"instrumentationLibrarySpans":[{"spans":[{"trace_id":
      "000102030405060708090A0B0C0D0E0F","span_id":"0001020304050607","parent_span_id":"","kind":"SPAN_KIND_SERVER",
      "status":{"code":"STATUS_CODE_ERROR"},"dropped_events_count":3,"flags":257}],
      "instrumentationLibrary":{"name":"lib","schemaUrl":"s"}}],
      "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}}]})");
  ASSERT_EQ(decoded.batch.spans.size(), 1U) << decoded.rejected.first;
  const Span& span = decoded.batch.spans[0];
  EXPECT_EQ(to_hex(span.trace_id), "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_TRUE(span.is_error());
  EXPECT_EQ(span.dropped_events, 3U);
  EXPECT_EQ(span.flags, 257U);
  EXPECT_EQ(span.scope->name, "lib");
  EXPECT_EQ(span.scope->schema_url, "s");
  EXPECT_EQ(span.resource->service, "shop");
  EXPECT_TRUE(decoded.batch.otlp.empty());
}

TEST(OtlpJson, TakesIdsInBase64ByTheirLength) {
  const Decoded decoded = decode_ok(request_of(R"("traceId":"AAECAwQFBgcICQoLDA0ODw==","spanId":"AAECAwQFBgc=")"));
  ASSERT_EQ(decoded.batch.spans.size(), 1U);
  EXPECT_EQ(to_hex(decoded.batch.spans[0].trace_id), "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(to_hex(decoded.batch.spans[0].id), "0001020304050607");
}

TEST(OtlpJson, ABadSpanCostsItselfOnly) {
  const std::string good = "{" + std::string(ids) + "}";
  const Decoded decoded =
      decode_ok(R"({"resourceSpans":[{"scopeSpans":[{"spans":[)" + good + R"(,{"traceId":"xyz"},7,{)" +
                std::string(ids) + R"(,"name":5},)" + good + "]}]}]}");
  EXPECT_EQ(decoded.batch.spans.size(), 2U);
  EXPECT_EQ(decoded.rejected.total(), 3U);
  EXPECT_TRUE(decoded.rejected.first.starts_with("resourceSpans[0].scopeSpans[0].spans[1]: "))
      << decoded.rejected.first;
}

TEST(OtlpJson, ASpanOverTheLimitIsLeftOut) {
  const std::string long_name(Limits::span_bytes_max, 'n');
  const Decoded decoded = decode_ok(R"({"resourceSpans":[{"scopeSpans":[{"spans":[{)" + std::string(ids) +
                                    R"(,"name":")" + long_name + R"("},{)" + std::string(ids) + "}]}]}]}");
  EXPECT_EQ(decoded.batch.spans.size(), 1U);
  EXPECT_EQ(decoded.rejected.counts[static_cast<std::size_t>(Rejection::span_too_large)], 1U);
}

TEST(OtlpJson, RefusesWhatIsNotOtlpJson) {
  for (const std::string_view body :
       {"", "[]", "5", "{", "nonsense", R"({"resourceSpans":5})", R"({"resourceSpans":[5]})",
        R"({"resourceSpans":[{"scopeSpans":[{"spans":[{]}]}]})", R"({} {})"}) {
    const auto decoded = decode_json(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error().code, ErrorCode::invalid_argument) << body;
  }
  EXPECT_TRUE(decode_ok("{}").batch.spans.empty());
  EXPECT_TRUE(decode_ok(R"({"resourceSpans":null})").batch.spans.empty());
}

TEST(OtlpJson, EveryTruncationIsHandled) {
  const std::string body = with_value(R"({"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"a\tb"}]}})");
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_json(std::string_view(body).substr(0, size))) << size;
  }
}

bool is_text(const AttributeValue& value) { return value.type() != ValueType::float64; }

TEST(OtlpJson, WhatIsRenderedIsReadBack) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    test::RandomSpans random(seed);
    // Through JSON once, which mends what is not UTF-8; from then on nothing may change.
    Trace trace;
    const SpanBatch batch = random.batch(1 + seed % 5);
    trace.spans = batch.spans;
    std::string first;
    append_json(first, trace);
    const Decoded decoded = decode_ok(first);
    ASSERT_EQ(decoded.batch.spans.size(), batch.spans.size()) << decoded.rejected.first;
    for (std::size_t i = 0; i < batch.spans.size(); ++i) {
      EXPECT_EQ(decoded.batch.spans[i].trace_id, batch.spans[i].trace_id);
      EXPECT_EQ(decoded.batch.spans[i].start, batch.spans[i].start);
      ASSERT_EQ(decoded.batch.spans[i].attributes.size(), batch.spans[i].attributes.size());
      for (std::size_t a = 0; a < batch.spans[i].attributes.size(); ++a) {
        const auto& sent = batch.spans[i].attributes[a].value;
        EXPECT_EQ(decoded.batch.spans[i].attributes[a].value.type(), sent.type());
        if (!is_text(sent) && !std::isnan(sent.as_double())) {
          EXPECT_EQ(decoded.batch.spans[i].attributes[a].value.as_double(), sent.as_double());
        }
      }
    }
    Trace again;
    again.spans = decoded.batch.spans;
    std::string second;
    append_json(second, again);
    EXPECT_EQ(first, second) << "seed " << seed;
  }
}

TEST(OtlpResponse, SaysWhatWasRejectedAndIsEmptyOtherwise) {
  Rejections rejected;
  EXPECT_EQ(encode_response(rejected), "");
  EXPECT_EQ(render_json_response(rejected), R"({"partialSuccess":{}})");
  rejected.add(Rejection::time, 2);
  rejected.first = "spans[0]: late";
  EXPECT_EQ(render_json_response(rejected),
            R"({"partialSuccess":{"rejectedSpans":"2",)"
            R"("errorMessage":"2 spans were rejected, the first one: spans[0]: late"}})");
  EXPECT_EQ(encode_response(rejected).substr(0, 5), std::string("\x0a\x38\x08\x02\x12", 5));
  EXPECT_EQ(encode_status(3, "no"), std::string("\x08\x03\x12\x02no", 6));
  EXPECT_EQ(render_json_status(3, "\"no\""), R"({"code":3,"message":"\"no\""})");
  EXPECT_TRUE(
      encode_retry_status(14, "m", std::chrono::seconds(1)).ends_with(std::string("\x12\x04\x0a\x02\x08\x01", 6)));
}

}  // namespace
}  // namespace filo::wire::otlp
