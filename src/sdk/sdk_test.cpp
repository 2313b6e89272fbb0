// The client library against a collector that says what it is told to. One process starts it once, so the tests share
// it; each leaves it flushed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <set>
#include <string>

#include "filo/filo.h"
#include "test/support/allocations.h"
#include "test/support/collector.h"
#include "test/support/decoded_spans.h"

namespace filo {
namespace {

using namespace std::chrono_literals;
using test::DecodedSpan;

class Sdk : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    collector = new test::Collector;  // the library sends to it until the process ends
    Options options;
    const std::string url = collector->url();
    options.service = "orders";
    options.endpoint = url;
    options.memory_bytes = 1U << 20;
    options.export_interval = 20ms;
    options.give_up_after = 1500ms;
    ASSERT_STREQ(start(options), nullptr);
  }
  void SetUp() override {
    collector->answer_with(200);
    static_cast<void>(flush(5s));
    collector->take_bodies();
  }

  static std::vector<DecodedSpan> sent() {
    EXPECT_TRUE(flush(10s));
    std::vector<DecodedSpan> all;
    for (const auto& body : collector->take_bodies()) {
      for (auto& span : test::decode_spans(body)) all.push_back(std::move(span));
    }
    return all;
  }
  static std::uint64_t lost(const Stats& stats) {
    return stats.dropped_no_memory + stats.dropped_too_large + stats.dropped_send_failed;
  }

  static test::Collector* collector;
};
test::Collector* Sdk::collector = nullptr;

TEST_F(Sdk, SendsWhatASpanWasTold) {
  Context other;
  {
    const Span linked("linked");
    other = linked.context();
  }
  {
    Span span("first name", Kind::server);
    span.tag("text", "value")
        .tag("empty", "")
        .tag("yes", true)
        .tag("int", -3)
        .tag("large", 1ULL << 40)
        .tag("half", 0.5);
    span.event("it happened").link(other).error("it broke").rename("GET /orders");
  }
  const auto spans = sent();
  ASSERT_EQ(spans.size(), 2U);
  const DecodedSpan& span = spans[1];
  EXPECT_EQ(span.service, "orders");
  EXPECT_EQ(span.name, "GET /orders");
  EXPECT_EQ(span.kind, "server");
  EXPECT_EQ(span.status, "error");
  EXPECT_EQ(span.status_message, "it broke");
  EXPECT_EQ(span.parent_id, "");
  const std::map<std::string, std::string> attributes = {
      {"text", "value"}, {"empty", ""}, {"yes", "true"}, {"int", "-3"}, {"half", "0.5"}, {"large", "1099511627776"}};
  EXPECT_EQ(span.attributes, attributes);
  EXPECT_EQ(span.events, std::vector<std::string>{"it happened"});
  EXPECT_EQ(span.links, std::vector<std::string>{spans[0].id});
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::seconds(std::time(nullptr))).count();
  EXPECT_LE(span.start_ns, span.end_ns);
  EXPECT_LT(std::abs(span.start_ns - now), 5'000'000'000);
}

TEST_F(Sdk, SpansWithinSpansAreChildren) {
  EXPECT_FALSE(Context::current().is_valid());
  {
    Span parent("parent");
    EXPECT_EQ(Context::current().span_id, parent.context().span_id);
    {
      const Span child("child", Kind::client);
      EXPECT_EQ(Context::current().span_id, child.context().span_id);
    }
    EXPECT_EQ(Context::current().span_id, parent.context().span_id);
    parent.end();
    parent.end();
    parent.tag("too", "late");
    EXPECT_FALSE(Context::current().is_valid());
  }
  const auto spans = sent();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "child");
  EXPECT_EQ(spans[0].parent_id, spans[1].id);
  EXPECT_EQ(spans[0].trace_id, spans[1].trace_id);
  EXPECT_TRUE(spans[1].attributes.empty());
}

TEST_F(Sdk, AContextGoesToOtherThreadsAndASpanMayEndThere) {
  std::string trace;
  {
    const Span parent("parent");
    trace = trace_id_text(parent.context()).digits;
    const Context context = parent.context();
    Worker("task", [context](const std::stop_token&) {
      EXPECT_FALSE(Context::current().is_valid());
      const Scope scope(context);
      const Span child("in a task");
    }).stop();
    std::optional<Span> moved(std::in_place, Span("moved"));
    EXPECT_EQ(Context::current().span_id, moved->context().span_id);
    Worker("ender", [&moved](const std::stop_token&) { moved.reset(); }).stop();
    EXPECT_EQ(Context::current().span_id, parent.context().span_id);
  }
  EXPECT_FALSE(Context::current().is_valid());
  const auto spans = sent();
  ASSERT_EQ(spans.size(), 3U);
  for (const auto& span : spans) EXPECT_EQ(span.trace_id, trace);
}

TEST_F(Sdk, SpansMayEndInAnyOrder) {
  Span outer("outer");
  Span middle("middle");
  Span inner("inner");
  middle.end();
  EXPECT_EQ(Context::current().span_id, inner.context().span_id);
  outer.end();
  EXPECT_EQ(Context::current().span_id, inner.context().span_id);
  inner.end();
  EXPECT_FALSE(Context::current().is_valid());

  std::optional<Span> left_behind;
  {
    const Scope scope(outer.context());
    left_behind.emplace("left behind");
  }
  EXPECT_FALSE(Context::current().is_valid());
  const Span next("next");
  left_behind.reset();
  EXPECT_EQ(Context::current().span_id, next.context().span_id);
}

TEST_F(Sdk, DeepRecursionKeepsItsFeet) {
  std::vector<Span> open;
  open.reserve(100);
  for (int i = 0; i < 100; ++i) open.emplace_back("level");
  EXPECT_EQ(Context::current().span_id, open[63].context().span_id);
  while (!open.empty()) open.pop_back();
  EXPECT_FALSE(Context::current().is_valid());
  EXPECT_EQ(sent().size(), 100U);
}

TEST_F(Sdk, WhatTheParentDidNotRecordIsNotRecorded) {
  Context parent;
  parent.trace_id_high = 1;
  parent.trace_id_low = 2;
  parent.span_id = 3;
  const Stats before = stats();
  {
    Span span("not recorded", Kind::server, parent);
    span.tag("a", 1).event("b").error("c");
    EXPECT_FALSE(span.is_recorded());
    EXPECT_EQ(Context::current().trace_id_low, 2U);
    EXPECT_EQ(Context::current().span_id, 3U);
    const Span child("nor its child");
    EXPECT_FALSE(child.is_recorded());
  }
  EXPECT_FALSE(Context::current().is_valid());
  EXPECT_EQ(stats().started, before.started);
  EXPECT_TRUE(sent().empty());
}

TEST_F(Sdk, KeepsItsLimits) {
  const Stats before = stats();
  {
    Span span("many tags");
    for (int i = 0; i < 200; ++i) span.tag("key." + std::to_string(i), i);
  }
  {
    Span span("long text");
    span.tag("text", std::string(4095, 'x') + "李" + std::string(100, 'x')).tag(std::string(1000, 'k'), 1);
  }
  {
    Span span("large");
    for (int i = 0; i < 6; ++i) span.tag("part." + std::to_string(i), std::string(4000, 'y'));
  }
  {
    Span span("too large");
    for (int i = 0; i < 20; ++i) span.tag("part." + std::to_string(i), std::string(4000, 'z'));
  }
  const auto spans = sent();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].attributes.size(), 128U);
  EXPECT_EQ(spans[0].dropped_attributes, 72U);
  EXPECT_EQ(spans[1].attributes.at("text"), std::string(4095, 'x'));
  EXPECT_EQ(spans[1].attributes.at(std::string(256, 'k')), "1");
  EXPECT_EQ(spans[2].attributes.at("part.5"), std::string(4000, 'y'));
  EXPECT_EQ(stats().dropped_tags - before.dropped_tags, 72U);
  EXPECT_EQ(stats().dropped_too_large - before.dropped_too_large, 1U);
}

TEST_F(Sdk, TriesAgainWhenTheCollectorIsBusyAndNotWhenItRefuses) {
  const Stats before = stats();
  collector->answer_with(503);
  { const Span span("patient"); }
  EXPECT_FALSE(flush(50ms));
  collector->answer_with(200);
  const auto spans = sent();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "patient");
  EXPECT_GT(stats().send_failures, before.send_failures);

  collector->answer_with(400);
  { const Span span("refused"); }
  EXPECT_FALSE(flush(5s));
  EXPECT_EQ(stats().dropped_send_failed - before.dropped_send_failed, 1U);
  collector->answer_with(200);
  EXPECT_TRUE(sent().empty());
}

TEST_F(Sdk, WaitsNoLongerThanSpansMayWait) {
  const Stats before = stats();
  collector->answer_with(429);
  { const Span span("come again in an hour"); }
  EXPECT_FALSE(flush(8s));
  EXPECT_EQ(stats().dropped_send_failed - before.dropped_send_failed, 1U);
}

TEST_F(Sdk, ACollectorThatIsAwayCostsSpansAndNothingElse) {
  const Stats before = stats();
  collector->answer_with(0);
  const std::string text(500, 't');
  for (int i = 0; i < 20'000; ++i) {
    Span span("nobody listens");
    span.tag("text", text);
  }
  EXPECT_GT(stats().dropped_no_memory, before.dropped_no_memory);
  // After a while what waited is given up, and new spans have room again.
  EXPECT_FALSE(flush(10s));
  collector->answer_with(200);
  static_cast<void>(flush(10s));
  collector->take_bodies();
  { const Span span("heard again"); }
  ASSERT_EQ(sent().size(), 1U);
  const Stats after = stats();
  EXPECT_EQ(after.started, after.ended);
  EXPECT_EQ(after.ended, after.sent + lost(after));
}

TEST_F(Sdk, ManyThreadsShareNothing) {
  constexpr int threads = 8;
  constexpr int rounds = 2'000;
  const Stats before = stats();
  std::vector<std::unique_ptr<Worker>> workers;
  workers.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>("recorder", [i](const std::stop_token&) {
      for (int round = 0; round < rounds; ++round) {
        Span parent("parent", Kind::server);
        Span child("child");
        child.tag("thread", i).tag("round", round);
      }
    }));
  }
  workers.clear();
  const auto spans = sent();
  const Stats after = stats();
  EXPECT_EQ(after.ended - before.ended, 2U * threads * rounds);
  EXPECT_EQ(after.ended - before.ended, spans.size() + lost(after) - lost(before));
  std::set<std::string> ids;
  for (const auto& span : spans) ids.insert(span.id);
  EXPECT_EQ(ids.size(), spans.size());
}

TEST_F(Sdk, AForkedChildSendsItsOwnSpansOnce) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer does not follow a fork that starts threads";
#endif
  { const Span span("of the parent, before"); }
  Span open("open at the fork");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    { const Span span("of the child"); }
    _exit(flush(10s) && stats().sent == 1 ? 0 : 1);
  }
  open.end();
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  std::multiset<std::string> names;
  std::set<std::string> ids;
  for (const auto& span : sent()) {
    names.insert(span.name);
    ids.insert(span.id);
  }
  const std::multiset<std::string> expected = {"of the parent, before", "of the child", "open at the fork"};
  EXPECT_EQ(names, expected);
  EXPECT_EQ(ids.size(), 3U);
}

TEST_F(Sdk, AllocatesNothingOnceItRuns) {
  const auto record = [] {
    Span parent("parent", Kind::server);
    Span child("child", Kind::client);
    child.tag("a", "text").tag("b", 1).tag("c", 2.5).tag("d", true).event("e");
  };
  record();
  const std::size_t before = test::allocations();
  for (int i = 0; i < 1000; ++i) record();
  EXPECT_EQ(test::allocations(), before);
  static_cast<void>(sent());
}

TEST_F(Sdk, AThreadThatEndsWhatOthersBeganDoesNotGrow) {
  std::vector<Span> begun;
  begun.reserve(1000);
  for (int i = 0; i < 1000; ++i) begun.emplace_back("handed over");
  std::size_t given_back = 0;
  Worker("ender", [&](const std::stop_token&) {
    const std::size_t before = test::releases();
    for (Span& span : begun) span.end();
    given_back = test::releases() - before;
  }).stop();
  EXPECT_GE(given_back, 900U);
  EXPECT_EQ(sent().size(), 1000U);
}

TEST(SdkStart, SaysWhatIsWrong) {
  const auto problem = [](auto change) {
    Options options;
    change(options);
    const char* said = start(options);
    return std::string(said == nullptr ? "" : said);
  };
  EXPECT_EQ(problem([](Options& o) { o.service = ""; }), "service: is empty");
  EXPECT_EQ(problem([](Options& o) { o.sample_ratio = 1.5; }), "sample_ratio: is not from 0 to 1");
  EXPECT_EQ(problem([](Options& o) { o.memory_bytes = 10; }), "memory_bytes: is less than 1 MiB");
  EXPECT_EQ(problem([](Options& o) { o.export_interval = 0ms; }), "export_interval: is not positive");
  EXPECT_EQ(problem([](Options&) {}), "already started");
}

}  // namespace
}  // namespace filo
