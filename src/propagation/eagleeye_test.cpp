#include "propagation/eagleeye.h"

#include <gtest/gtest.h>

#include "propagation/foreign_id.h"
#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr EagleEyeFormat format;
const std::string trace = "0a67793015313127251908120e23db";

TEST(EagleEye, ReadsAndWritesBack) {
  const Headers::Pairs headers = {{"EagleEye-TraceID", trace}, {"EagleEye-RpcID", "0.1"},
                                  {"EagleEye-Sampled", "1"},   {"EagleEye-pAppName", "cart@6e5c"},
                                  {"EagleEye-pRpc", "/buy"},   {"EagleEye-UserData", "spm=a.b=c&t=1"}};
  const auto found = read(format, Headers(headers));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_text, trace);
  EXPECT_EQ(found->trace_id, (TraceId{0x0a677930153131, 0x27251908120e23db}));
  EXPECT_EQ(found->span_id, span_id_of_rpc_id("0.1"));
  EXPECT_EQ(found->parent_id, span_id_of_rpc_id("0"));
  EXPECT_EQ(found->service, "cart@6e5c");
  EXPECT_EQ(found.baggage("spm"), "a.b=c");
  EXPECT_EQ(write(format, found.context).pairs(), headers);
}

TEST(EagleEye, PrefersItsRandomSpanIds) {
  const Headers::Pairs headers = {{"EagleEye-TraceID", "eac0a8020216868084400006973d000a"},
                                  {"EagleEye-RpcID", "0.1"},
                                  {"EagleEye-SpanID", "00f067aa0ba902b7"},
                                  {"EagleEye-pSpanID", "00000000000000ff"}};
  const auto found = read(format, Headers(headers));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->span_id, SpanId{0x00f067aa0ba902b7});
  EXPECT_EQ(found->parent_id, SpanId{0xff});
  EXPECT_EQ(write(format, found.context).pairs(), headers);
}

TEST(EagleEye, CarriesANativeSpan) {
  Context context;
  context.trace_id = {1, 2};
  context.span_id.value = 3;
  context.decision = Decision::drop;
  const auto found = read(format, write(format, context));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_id, context.trace_id);
  EXPECT_EQ(found->span_id, context.span_id);
  EXPECT_EQ(found->decision, Decision::drop);
}

TEST(EagleEye, ReadsTheDecisionInTwoSpellings) {
  const auto decision = [](const char* sampled) {
    return read(format, {{{"eagleeye-traceid", trace}, {"eagleeye-sampled", sampled}}})->decision;
  };
  EXPECT_EQ(decision("s1"), Decision::sample);
  EXPECT_EQ(decision("s0"), Decision::drop);
  EXPECT_EQ(decision("true"), Decision::sample);
  EXPECT_EQ(decision("?"), Decision::deferred);
  EXPECT_EQ(decision(""), Decision::deferred);
}

TEST(EagleEye, IsRefusedWhenItIsNotOne) {
  const auto result = [](Headers::Pairs headers) { return read(format, Headers(headers)).result; };
  EXPECT_EQ(result({{"EagleEye-RpcID", "0"}}), Extraction::absent);
  EXPECT_EQ(result({{"EagleEye-TraceID", ""}}), Extraction::malformed);
  EXPECT_EQ(result({{"EagleEye-TraceID", "a\tb"}}), Extraction::malformed);
  EXPECT_EQ(result({{"EagleEye-TraceID", trace}, {"EagleEye-RpcID", "0.x"}}), Extraction::malformed);
  EXPECT_EQ(result({{"EagleEye-TraceID", trace}, {"EagleEye-SpanID", "x"}}), Extraction::malformed);
  EXPECT_EQ(result({{"EagleEye-TraceID", trace}, {"EagleEye-SpanID", "0"}}), Extraction::malformed);
  EXPECT_EQ(result({{"EagleEye-TraceID", trace}, {"EagleEye-RpcID", "9.1"}}), Extraction::taken);
}

TEST(EagleEye, HandsOnUserDataAsItStands) {
  const auto found = read(format, {{{"EagleEye-UserData", "a=1&&b&=c&d=%41"}, {"EagleEye-UserData", "z=1"}}});
  EXPECT_EQ(found.result, Extraction::absent);
  EXPECT_EQ(found.context.baggage.size(), 2U);
  EXPECT_EQ(found.context.baggage.refused(), 2U);
  EXPECT_EQ(found.baggage("d"), "%41");
  Context context;
  context.baggage.add({.key = "a&", .value = "1"});
  context.baggage.add({.key = "b", .value = "1&c=2"});
  context.baggage.add({.key = "d", .value = "x\r\n"});
  context.baggage.add({.key = "e", .value = "1"});
  EXPECT_EQ(write(format, context, false).pairs(), (Headers::Pairs{{"EagleEye-UserData", "e=1"}}));
}

TEST(EagleEye, DoesNotLetATextFromElsewhereBecomeAHeader) {
  Context context;
  context.trace_id = {1, 2};
  context.span_id.value = 3;
  context.trace_text = "x\r\nSet-Cookie: y";
  context.rpc_id = "0\r\n";
  context.service = "s\n";
  const Headers written = write(format, context, false);
  EXPECT_EQ(written["EagleEye-TraceID"], "00000000000000010000000000000002");
  EXPECT_EQ(written["EagleEye-RpcID"], "0");
  EXPECT_EQ(written["EagleEye-pAppName"], "(none)");
}

}  // namespace
}  // namespace filo::propagation
