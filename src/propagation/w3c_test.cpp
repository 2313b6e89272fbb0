#include "propagation/w3c.h"

#include <gtest/gtest.h>

#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr W3cFormat format;
constexpr const char* parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Extraction result_of(std::string traceparent) { return read(format, {{{"traceparent", traceparent}}}).result; }
std::string tracestate_of(Headers::Pairs headers) {
  headers.emplace_back("traceparent", parent);
  const auto found = read(format, Headers(headers));
  EXPECT_TRUE(found.taken());
  return std::string(found->tracestate);
}

TEST(Traceparent, ReadsAndWritesBack) {
  const auto found = read(format, {{{"TraceParent", parent}, {"tracestate", "a=1,b=2"}}});
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_id, (TraceId{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}));
  EXPECT_EQ(found->span_id, SpanId{0x00f067aa0ba902b7});
  EXPECT_EQ(found->decision, Decision::sample);
  EXPECT_FALSE(found->random_trace_id);
  EXPECT_EQ(write(format, found.context).pairs(), (Headers::Pairs{{"traceparent", parent}, {"tracestate", "a=1,b=2"}}));
}

TEST(Traceparent, KnowsTwoFlagsAndClearsTheRest) {
  const std::string start = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  const std::pair<const char*, const char*> flags[] = {{"00", "00"}, {"01", "01"}, {"02", "02"},
                                                       {"03", "03"}, {"ff", "03"}, {"fc", "00"}};
  for (const auto& [in, out] : flags) {
    const auto found = read(format, {{{"traceparent", start + in}}});
    ASSERT_TRUE(found.taken()) << in;
    EXPECT_EQ(write(format, found.context)["traceparent"], start + out);
  }
}

TEST(Traceparent, OfLaterVersionsIsReadAsFarAsKnown) {
  const std::string ids = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_EQ(result_of("01" + ids), Extraction::taken);
  EXPECT_EQ(result_of("cc" + ids + "-what-the-future-holds"), Extraction::taken);
  EXPECT_EQ(result_of("01" + ids + "-"), Extraction::taken);
  EXPECT_EQ(result_of("01" + ids + ".more"), Extraction::malformed);
  EXPECT_EQ(result_of("00" + ids + "-more"), Extraction::malformed);
  EXPECT_EQ(result_of("ff" + ids), Extraction::malformed);
  const auto found = read(format, {{{"traceparent", "cc" + ids + "-x"}}});
  EXPECT_EQ(write(format, found.context)["traceparent"], "00" + ids);
}

TEST(Traceparent, IsRefusedWhenItIsNotOne) {
  const char* wrong[] = {
      "",
      "00",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
      "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-a3ce929d0e0e4736-00f067aa0ba902b7-01",
  };
  for (const char* text : wrong) EXPECT_EQ(result_of(text), Extraction::malformed) << text;
  EXPECT_EQ(result_of(std::string(" \t") + parent + "\t "), Extraction::taken);
  EXPECT_EQ(read(format, {{{"traceparent", parent}, {"traceparent", parent}}}).result, Extraction::malformed);
  EXPECT_EQ(read(format, {{{"tracestate", "a=1"}}}).result, Extraction::absent);
}

TEST(Tracestate, IsOneListOfValidMembersOrNone) {
  EXPECT_EQ(tracestate_of({{"tracestate", "a=1"}, {"tracestate", ""}, {"Tracestate", " b=2 "}}), "a=1,b=2");
  EXPECT_EQ(tracestate_of({{"tracestate", " a=1 ,\t, b=2"}}), "a=1 ,\t, b=2");
  EXPECT_EQ(tracestate_of({{"tracestate", "1tenant@system=x y!"}}), "1tenant@system=x y!");
  const std::string longest = std::string(256, 'k');
  EXPECT_EQ(tracestate_of({{"tracestate", longest + "=" + std::string(255, 'v')}}),
            longest + "=" + std::string(255, 'v'));
  const std::string wrong[] = {
      "a",      "=1",    "A=1",           "a b=1", "a=",        "a=1=",  "a=\x7f",
      "a=\xff", "a=1,b", longest + "k=1", "*a=1",  "a=1;b=2,=", "a\t=1", "a=" + std::string(257, 'v')};
  for (const auto& text : wrong) EXPECT_EQ(tracestate_of({{"tracestate", text}}), "") << text;
}

TEST(Tracestate, HoldsThirtyTwoMembers) {
  std::string list = "k0=v";
  for (int i = 1; i < 32; ++i) list += ",k" + std::to_string(i) + "=v";
  EXPECT_EQ(tracestate_of({{"tracestate", list}}), list);
  EXPECT_EQ(tracestate_of({{"tracestate", list + ",k32=v"}}), "");
}

TEST(Tracestate, LosesLongMembersFirstWhenTooLong) {
  const std::string big = "big=" + std::string(200, 'x');
  std::string small = "s0=" + std::string(60, 'y');
  for (int i = 1; i < 7; ++i) small += ",s" + std::to_string(i) + "=" + std::string(60, 'y');
  ASSERT_LE(small.size(), tracestate_bytes_max);
  EXPECT_EQ(tracestate_of({{"tracestate", big + "," + small}}), small);
  EXPECT_EQ(tracestate_of({{"tracestate", small + ",s7=" + std::string(100, 'z')}}), small);
}

TEST(Baggage, ReadsAndWritesBack) {
  const auto found = read(format, {{{"baggage", "session=abc-123,user=%E6%9D%8E%E9%9B%B7;prop=1"}}});
  EXPECT_EQ(found.result, Extraction::absent);
  EXPECT_EQ(found.baggage("session"), "abc-123");
  EXPECT_EQ(found.baggage("user"), "李雷");
  EXPECT_EQ(write(format, found.context).pairs(),
            (Headers::Pairs{{"baggage", "session=abc-123,user=%E6%9D%8E%E9%9B%B7;prop=1"}}));
}

TEST(Baggage, AllowsWhitespaceAndManyHeaders) {
  const auto found = read(format, {{{"baggage", " a = 1 ;\tp = q ; r , b=2 "}, {"Baggage", "c=x%20y%2Cz"}}});
  EXPECT_EQ(found.context.baggage.size(), 3U);
  EXPECT_EQ(found.context.baggage.refused(), 0U);
  EXPECT_EQ(found.baggage("a"), "1");
  EXPECT_EQ(found.context.baggage.begin()->properties, "p = q ; r");
  EXPECT_EQ(found.baggage("c"), "x y,z");
}

TEST(Baggage, KeepsGoodMembersBesideBadOnes) {
  const auto found =
      read(format, {{{"baggage", "novalue,=x,a b=1,k=a b,k=\"q\",k=\\,good=1,k=v;bad prop,,empty=,again=1,again=2"}}});
  EXPECT_EQ(found.context.baggage.refused(), 7U);
  EXPECT_EQ(found.context.baggage.size(), 4U);
  EXPECT_EQ(found.baggage("good"), "1");
  EXPECT_EQ(found.baggage("empty"), "");
  EXPECT_EQ(found.baggage("again"), "1");
}

TEST(Baggage, ReplacesWhatIsNoUtf8AndLeavesWhatIsNoEscape) {
  const auto found = read(format, {{{"baggage", "a=x%FFy%C3%A9%E6%9D,b=50%,c=%zz%4"}}});
  EXPECT_EQ(found.baggage("a"), "x\xef\xbf\xbdy\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(found.baggage("b"), "50%");
  EXPECT_EQ(found.baggage("c"), "%zz%4");
}

TEST(Baggage, StopsAtItsLimits) {
  std::string list = "k0=v";
  for (int i = 1; i < 65; ++i) list += ",k" + std::to_string(i) + "=v";
  const auto many = read(format, {{{"baggage", list}}});
  EXPECT_EQ(many.context.baggage.size(), 64U);
  EXPECT_EQ(many.context.baggage.refused(), 1U);
  const std::string most = "k=" + std::string(8190, 'v');
  EXPECT_EQ(read(format, {{{"baggage", most}}}).baggage("k").size(), 8190U);
  const auto longer = read(format, {{{"baggage", most + "v"}}});
  EXPECT_EQ(longer.context.baggage.size(), 0U);
  EXPECT_EQ(longer.context.baggage.refused(), 1U);
  const auto two =
      read(format, {{{"baggage", "a=" + std::string(5000, 'v')}, {"baggage", "b=" + std::string(5000, 'v')}}});
  EXPECT_EQ(two.context.baggage.size(), 1U);
  EXPECT_EQ(two.context.baggage.refused(), 1U);
}

TEST(Baggage, LeavesOutWhatItCannotSpellOrHold) {
  Context context;
  const std::string spaces(3000, ' ');
  context.baggage.add({.key = "a", .value = spaces});
  context.baggage.add({.key = "no token", .value = "1"});
  context.baggage.add({.key = "b", .value = "100% \"x\",;\\\r\n"});
  EXPECT_EQ(write(format, context, false)["baggage"], "b=100%25%20%22x%22%2C%3B%5C%0D%0A");
}

TEST(W3c, WritesNothingWithoutIds) {
  Context context;
  context.decision = Decision::sample;
  EXPECT_TRUE(write(format, context).pairs().empty());
}

TEST(W3c, LeavesOutWhatTheScratchHasNoRoomFor) {
  const auto found = read(format, {{{"traceparent", parent}, {"baggage", "a=1"}}});
  char memory[20];
  Scratch scratch(memory);
  Headers headers;
  EXPECT_FALSE(format.inject(found.context, scratch, headers));
  EXPECT_EQ(headers.pairs(), (Headers::Pairs{{"baggage", "a=1"}}));
}

}  // namespace
}  // namespace filo::propagation
