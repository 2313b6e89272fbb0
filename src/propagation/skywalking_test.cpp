#include "propagation/skywalking.h"

#include <gtest/gtest.h>

#include "propagation/foreign_id.h"
#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr SkyWalkingFormat format;
constexpr const char* sw8 =
    "1-ZTY3ZWExOTJlOTg4NGNjMWJhZmFiMjM5ZWEwYjhkMjk=-ZjE5YTY3NzM2ZTRlNDc2Y2IwZjUxNDZiZWNmODM4MDY=-2-c3ctZnJvbnRlbmQ=-"
    "ZmUtMQ==-L2NoYXJnZQ==-cGF5bWVudC5sb2NhbDo5MDkw";

test::ReadContext read_sw8(std::string value) { return read(format, {{{"sw8", value}}}); }

TEST(Sw8, ReadsAndWritesBack) {
  const auto found = read_sw8(sw8);
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->decision, Decision::sample);
  EXPECT_EQ(found->trace_text, "e67ea192e9884cc1bafab239ea0b8d29");
  EXPECT_EQ(found->trace_id, (TraceId{0xe67ea192e9884cc1, 0xbafab239ea0b8d29}));
  EXPECT_EQ(found->segment_id, "f19a67736e4e476cb0f5146becf83806");
  EXPECT_EQ(found->span_index, 2);
  EXPECT_EQ(found->span_id, span_id_of_segment("f19a67736e4e476cb0f5146becf83806", 2));
  EXPECT_EQ(found->service, "sw-frontend");
  EXPECT_EQ(found->instance, "fe-1");
  EXPECT_EQ(found->endpoint, "/charge");
  EXPECT_EQ(found->address, "payment.local:9090");
  EXPECT_EQ(write(format, found.context).pairs(), (Headers::Pairs{{"sw8", sw8}}));
}

TEST(Sw8, KeepsTextsThatAreNoIds) {
  // 0f1e.44.17 and 0f1e.44.18
  const auto found = read_sw8("0-MGYxZS40NC4xNw==-MGYxZS40NC4xOA==-0-YQ==-Yg==-Yw==-ZA==");
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_text, "0f1e.44.17");
  EXPECT_EQ(found->trace_id, trace_id_of_skywalking("0f1e.44.17"));
  EXPECT_EQ(found->decision, Decision::deferred);
  EXPECT_EQ(write(format, found.context)["sw8"], "0-MGYxZS40NC4xNw==-MGYxZS40NC4xOA==-0-YQ==-Yg==-Yw==-ZA==");
}

TEST(Sw8, IsRefusedWhenItIsNotOne) {
  const std::string wrong[] = {"",
                               "1",
                               "1-------",
                               "1-YQ==-Yg==-0-YQ==-Yg==-Yw==",
                               "1-YQ==-Yg==-0-YQ==-Yg==-Yw==-ZA==-ZQ==",
                               "1-YQ==-Yg==-0-YQ==-Yg==-Yw==-ZA==-",
                               "1-YQ==-Yg==-0-YQ==-Yg==-Yw==-",
                               "1--Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "2-YQ==-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "-YQ==-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ==-Yg==--1-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ==-Yg==-x-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ==-Yg==-2147483648-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ==-Yg==-99999999999999999999-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ=-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-YQ-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-Y*==-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-=QQ=-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-====-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=-Yg==-0-YQ==-Yg==-Yw==-ZA==",
                               "1-" + std::string(2048, 'A') + "-Yg==-0-YQ==-Yg==-Yw==-ZA=="};
  for (const auto& value : wrong) EXPECT_EQ(read_sw8(value).result, Extraction::malformed) << value;
}

TEST(Sw8, CarriesANativeSpan) {
  Context context;
  context.trace_id = {0x4bf92f3577b34da6, 0xa3ce929d0e0e4736};
  context.span_id.value = 0x00f067aa0ba902b7;
  context.decision = Decision::sample;
  EXPECT_TRUE(write(format, context, false)["sw8"] == "(none)") << "it has to name the caller";
  context.service = "s";
  context.instance = "i";
  context.endpoint = "e";
  context.address = "a";
  const Headers written = write(format, context);
  const auto found = read(format, written);
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_id, context.trace_id);
  EXPECT_EQ(found->span_id, context.span_id);
  EXPECT_EQ(found->trace_text, "4bf92f3577b34da6a3ce929d0e0e4736");
  context.decision = Decision::drop;
  EXPECT_TRUE(write(format, context).pairs().empty()) << "it has no word for no";
}

TEST(Sw8, CutsLongNamesBetweenCharacters) {
  const auto given = read_sw8(sw8);
  Context context = given.context;
  std::string service(49, 's');
  service += "李";
  const std::string endpoint(200, 'e');
  context.service = service;
  context.endpoint = endpoint;
  const auto found = read(format, write(format, context));
  EXPECT_EQ(found->service, std::string(49, 's'));
  EXPECT_EQ(found->endpoint, std::string(150, 'e'));
}

TEST(Sw8X, TellsOfAnalysisAndSendingTime) {
  const auto extended = [](const char* value) { return read(format, {{{"sw8", sw8}, {"sw8-x", value}}}); };
  EXPECT_TRUE(extended("1-1600000000123")->skip_analysis);
  EXPECT_EQ(extended("1-1600000000123")->sent_ms, 1600000000123);
  EXPECT_EQ(extended("0- ")->sent_ms, 0);
  EXPECT_EQ(extended("-5")->sent_ms, 5);
  for (const char* odd : {"", "2", "x-y", "1", "-", "0-99999999999999999999"}) {
    EXPECT_TRUE(extended(odd).taken()) << odd;
    EXPECT_EQ(extended(odd)->sent_ms, 0) << odd;
  }
  EXPECT_EQ(write(format, extended("1-1600000000123").context)["sw8-x"], "1-1600000000123");
  EXPECT_EQ(write(format, extended("1").context)["sw8-x"], "1- ");
  EXPECT_EQ(write(format, extended("0-").context)["sw8-x"], "(none)");
}

TEST(Sw8Correlation, ReadsAndWritesBack) {
  const auto found = read(format, {{{"sw8-correlation", "azE=:djE=,5p2O:6Zu3"}}});
  EXPECT_EQ(found.result, Extraction::absent);
  EXPECT_EQ(found.baggage("k1"), "v1");
  EXPECT_EQ(found.baggage("李"), "雷");
  EXPECT_EQ(write(format, found.context)["sw8-correlation"], "azE=:djE=,5p2O:6Zu3");
}

TEST(Sw8Correlation, SkipsWhatIsNoPair) {
  const auto found = read(format, {{{"sw8-correlation", "azE=:djE=,x,:,azI=,azM=:djM=:djM=,:djM=,ZQ==:,azQ=:djQ="}}});
  EXPECT_EQ(found.context.baggage.size(), 2U);
  EXPECT_EQ(found.baggage("k4"), "v4");
  EXPECT_EQ(found.context.baggage.refused(), 4U);
}

TEST(Sw8Correlation, WritesThreeShortItems) {
  Context context;
  const std::string longer(129, 'v');
  context.baggage.add({.key = "long", .value = longer});
  for (const char* key : {"a", "b", "c", "d"}) context.baggage.add({.key = key, .value = "v"});
  EXPECT_EQ(write(format, context, false)["sw8-correlation"], "YQ==:dg==,Yg==:dg==,Yw==:dg==");
}

}  // namespace
}  // namespace filo::propagation
