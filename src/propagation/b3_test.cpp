#include "propagation/b3.h"

#include <gtest/gtest.h>

#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr B3Format single(B3Style::single);
constexpr B3Format multi(B3Style::multi);
const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string span = "00f067aa0ba902b7";
const std::string above = "0000000000000001";

test::ReadContext read_single(std::string value) { return read(single, {{{"b3", value}}}); }

TEST(B3Single, ReadsEveryForm) {
  const auto full = read_single(trace + "-" + span + "-1-" + above);
  ASSERT_TRUE(full.taken());
  EXPECT_EQ(full->trace_id, (TraceId{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}));
  EXPECT_EQ(full->span_id, SpanId{0x00f067aa0ba902b7});
  EXPECT_EQ(full->parent_id, SpanId{1});
  EXPECT_EQ(full->decision, Decision::sample);
  EXPECT_EQ(read_single(trace + "-" + span)->decision, Decision::deferred);
  EXPECT_EQ(read_single(trace + "-" + span + "-0")->decision, Decision::drop);
  EXPECT_EQ(read_single(trace + "-" + span + "-d")->decision, Decision::debug);
  EXPECT_EQ(read_single(trace + "-" + span + "-" + above)->parent_id, SpanId{1});
  EXPECT_EQ(read_single(trace + "-" + span + "-" + above)->decision, Decision::deferred);
  EXPECT_TRUE(read_single(trace.substr(16) + "-" + span)->short_trace_id);
}

TEST(B3Single, WritesBackWhatItRead) {
  for (const auto& value :
       {trace + "-" + span + "-1-" + above, trace + "-" + span, trace + "-" + span + "-d",
        trace.substr(16) + "-" + span + "-0", std::string("0"), std::string("1"), std::string("d")}) {
    const auto found = read_single(value);
    ASSERT_TRUE(found.taken()) << value;
    EXPECT_EQ(write(single, found.context).pairs(), (Headers::Pairs{{"b3", value}}));
  }
}

TEST(B3Single, CarriesADecisionAlone) {
  const auto denied = read_single("0");
  EXPECT_TRUE(denied.taken());
  EXPECT_FALSE(denied->has_ids());
  EXPECT_EQ(denied->decision, Decision::drop);
}

TEST(B3Single, IsRefusedWhenItIsNotOne) {
  const std::string wrong[] = {"",
                               "2",
                               "-",
                               "true",
                               trace,
                               trace + "-",
                               trace + "-" + span + "-",
                               trace + "-" + span + "-2",
                               trace + "-" + span + "-1-",
                               trace + "-" + span + "-1-1",
                               trace + "-" + span + "-1-" + above + "-1",
                               trace + "-" + span + "-" + above + "-" + above,
                               trace + "-" + span.substr(1) + "-1",
                               trace.substr(1) + "-" + span + "-1",
                               "4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-1",
                               std::string(32, '0') + "-" + span + "-1",
                               trace + "-" + std::string(16, '0') + "-1",
                               trace + "-" + span + "-1-" + std::string(500, '1')};
  for (const auto& value : wrong) EXPECT_EQ(read_single(value).result, Extraction::malformed) << value;
}

TEST(B3Single, ComesBeforeMultiButNotWhenMalformed) {
  const Headers::Pairs ids = {{"X-B3-TraceId", trace}, {"X-B3-SpanId", span}, {"X-B3-Sampled", "1"}};
  auto headers = ids;
  headers.emplace_back("B3", "0");
  EXPECT_FALSE(read(multi, Headers(headers))->has_ids());
  headers.back().second = "rubbish";
  EXPECT_EQ(read(single, Headers(headers))->span_id, SpanId{0x00f067aa0ba902b7});
}

TEST(B3Multi, ReadsAndWritesBack) {
  const Headers::Pairs headers = {
      {"X-B3-TraceId", trace}, {"X-B3-SpanId", span}, {"X-B3-ParentSpanId", above}, {"X-B3-Sampled", "1"}};
  const auto found = read(multi, Headers(headers));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->parent_id, SpanId{1});
  EXPECT_EQ(found->decision, Decision::sample);
  EXPECT_EQ(write(multi, found.context).sorted(), Headers(headers).sorted());
}

TEST(B3Multi, KnowsFourDecisions) {
  const auto decision = [](Headers::Pairs headers) {
    headers.emplace_back("x-b3-traceid", trace);
    headers.emplace_back("x-b3-spanid", span);
    const auto found = read(multi, Headers(headers));
    EXPECT_TRUE(found.taken());
    return found->decision;
  };
  EXPECT_EQ(decision({}), Decision::deferred);
  EXPECT_EQ(decision({{"x-b3-sampled", "TRUE"}}), Decision::sample);
  EXPECT_EQ(decision({{"x-b3-sampled", "False"}}), Decision::drop);
  EXPECT_EQ(decision({{"x-b3-flags", "1"}}), Decision::debug);
  EXPECT_EQ(decision({{"x-b3-flags", "1"}, {"x-b3-sampled", "0"}}), Decision::debug);
  EXPECT_EQ(decision({{"x-b3-flags", "0"}, {"x-b3-sampled", "1"}}), Decision::sample);
  EXPECT_EQ(decision({{"x-b3-sampled", "1"}, {"x-b3-sampled", "0"}}), Decision::sample);
  Context debug;
  debug.trace_id.low = debug.span_id.value = 1;
  debug.decision = Decision::debug;
  EXPECT_EQ(write(multi, debug)["x-b3-flags"], "1");
  EXPECT_EQ(write(multi, debug)["x-b3-sampled"], "(none)");
}

TEST(B3Multi, TakesIdsWithoutLeadingZeros) {
  const auto found = read(multi, {{{"x-b3-traceid", "f19a67736e4e776"}, {"x-b3-spanid", "9aa7f628add162b"}}});
  ASSERT_TRUE(found.taken());
  EXPECT_TRUE(found->short_trace_id);
  EXPECT_EQ(write(multi, found.context)["x-b3-traceid"], "0f19a67736e4e776");
}

TEST(B3Multi, IsRefusedAsAWhole) {
  const auto result = [](Headers::Pairs headers) { return read(multi, Headers(headers)).result; };
  EXPECT_EQ(result({{"x-b3-traceid", trace}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-spanid", span}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", trace}, {"x-b3-spanid", "0.1"}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", trace}, {"x-b3-spanid", span}, {"x-b3-sampled", "yes"}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", trace}, {"x-b3-spanid", span}, {"x-b3-parentspanid", ""}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", trace + "0"}, {"x-b3-spanid", span}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", "0"}, {"x-b3-spanid", span}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-traceid", trace}, {"x-b3-spanid", "00F067AA0BA902B7"}}), Extraction::malformed);
  EXPECT_EQ(result({{"x-b3-parentspanid", span}}), Extraction::absent);
  EXPECT_EQ(result({{"x-b3-sampled", "0"}}), Extraction::taken);
}

}  // namespace
}  // namespace filo::propagation
