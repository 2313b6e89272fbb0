#include "propagation/jaeger.h"

#include <gtest/gtest.h>

#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr JaegerFormat http(Carrier::http);
constexpr JaegerFormat text_map(Carrier::text_map);
const std::string ids = "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:";

test::ReadContext read_trace(std::string value) { return read(http, {{{"uber-trace-id", value}}}); }

TEST(UberTraceId, ReadsAndWritesBack) {
  for (const auto& value : {ids + "0:1", ids + "00000000000000ff:0", ids + "0:3", ids + "0:9", ids + "0:8",
                            std::string("a3ce929d0e0e4736:00f067aa0ba902b7:0:1")}) {
    const auto found = read_trace(value);
    ASSERT_TRUE(found.taken()) << value;
    EXPECT_EQ(write(http, found.context).pairs(), (Headers::Pairs{{"uber-trace-id", value}}));
  }
}

TEST(UberTraceId, ReadsWhatClientsWrite) {
  const auto encoded = read_trace("4bf92f3577b34da6a3ce929d0e0e4736%3A00f067aa0ba902b7%3a0%3A1");
  ASSERT_TRUE(encoded.taken());
  EXPECT_EQ(encoded->trace_id, (TraceId{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}));
  EXPECT_EQ(encoded->span_id, SpanId{0x00f067aa0ba902b7});
  EXPECT_EQ(encoded->decision, Decision::sample);
  const auto bare = read_trace(" 1:2:3:01 ");
  ASSERT_TRUE(bare.taken());
  EXPECT_TRUE(bare->short_trace_id);
  EXPECT_EQ(bare->parent_id, SpanId{3});
  EXPECT_EQ(read_trace("1:2:0:3")->decision, Decision::debug);
  EXPECT_EQ(read_trace("1:2:0:2")->decision, Decision::debug);
  EXPECT_EQ(read_trace("1:2:0:0")->decision, Decision::drop);
  EXPECT_TRUE(read_trace("1:2:0:9")->firehose);
}

TEST(UberTraceId, IsRefusedWhenItIsNotOne) {
  const std::string wrong[] = {"",
                               ":",
                               ":::",
                               "1:2:0",
                               "1:2:0:",
                               "1:2:0:001",
                               "1:2:0:1:",
                               "1:2:0:1:1",
                               "1:2::1",
                               ":2:0:1",
                               "0:0:0:1",
                               "0:2:0:1",
                               "1:0:0:1",
                               "g:2:0:1",
                               "1%2:0:1",
                               "1%3B2%3B0%3B1",
                               std::string(33, '1') + ":2:0:1",
                               "1:" + std::string(17, '2') + ":0:1",
                               std::string(100000, ':')};
  for (const auto& value : wrong) EXPECT_EQ(read_trace(value).result, Extraction::malformed) << value;
}

TEST(Uberctx, IsEncodedInHttpAndBareInTextMaps) {
  const auto found = read(http, {{{"Uberctx-User", "%E6%9D%8E+%E9%9B%B7"}, {"uberctx-user", "second"}}});
  EXPECT_EQ(found.result, Extraction::absent);
  EXPECT_EQ(found.baggage("User"), "李 雷");
  EXPECT_EQ(read(text_map, {{{"uberctx-user", "a%20b+c"}}}).baggage("user"), "a%20b+c");
  Context context;
  context.baggage.add({.key = "用户", .value = "李 雷+"});
  EXPECT_EQ(write(http, context)["uberctx-用户"], "%E6%9D%8E%20%E9%9B%B7%2B");
  EXPECT_EQ(write(text_map, context)["uberctx-用户"], "李 雷+");
}

TEST(Uberctx, DoesNotLetAValueBecomeAHeader) {
  Context context;
  context.baggage.add({.key = "a", .value = "x\r\nSet-Cookie: y"});
  context.baggage.add({.key = "b\r\nc", .value = "x"});
  context.baggage.add({.key = "d:", .value = "x"});
  EXPECT_EQ(write(text_map, context, false).pairs(), Headers::Pairs{});
  EXPECT_EQ(write(http, context, false).pairs(), (Headers::Pairs{{"uberctx-a", "x%0D%0ASet-Cookie%3A%20y"}}));
}

TEST(JaegerBaggage, IsAListWrittenByHand) {
  const auto found = read(http, {{{"jaeger-baggage", " k1=v1, k2 = v 2 ,bad,=x,,k3=%41"}}});
  EXPECT_EQ(found.baggage("k1"), "v1");
  EXPECT_EQ(found.baggage("k2"), "v 2");
  EXPECT_EQ(found.baggage("k3"), "%41");
  EXPECT_EQ(found.context.baggage.refused(), 2U);
  EXPECT_EQ(read(http, {{{"jaeger-baggage", std::string(9000, 'a')}}}).context.baggage.refused(), 1U);
}

TEST(JaegerDebugId, CountsOnlyWithoutATrace) {
  const auto alone = read(http, {{{"jaeger-debug-id", "dbg-1"}}});
  EXPECT_TRUE(alone.taken());
  EXPECT_FALSE(alone->has_ids());
  EXPECT_EQ(alone->debug_id, "dbg-1");
  EXPECT_EQ(alone->decision, Decision::debug);
  EXPECT_TRUE(write(http, alone.context).pairs().empty());
  const auto both = read(http, {{{"jaeger-debug-id", "dbg-1"}, {"uber-trace-id", "1:2:0:0"}}});
  EXPECT_EQ(both->debug_id, "");
  EXPECT_EQ(both->decision, Decision::drop);
  EXPECT_EQ(read(http, {{{"jaeger-debug-id", std::string(257, 'x')}}}).result, Extraction::malformed);
  EXPECT_EQ(read(http, {{{"jaeger-debug-id", ""}}}).result, Extraction::absent);
}

}  // namespace
}  // namespace filo::propagation
