#include "window/window.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "concurrency/worker.h"

namespace filo::window {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const SpanBatch> batch_of(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& trace_and_span) {
  auto batch = std::make_shared<SpanBatch>();
  auto& resource = batch->arena.array<Resource>(1).front();
  resource.finish();
  auto& scope = batch->arena.array<Scope>(1).front();
  for (const auto& [trace, span] : trace_and_span) {
    Span s;
    s.trace_id = TraceId{0, trace};
    s.id = SpanId{span};
    s.resource = &resource;
    s.scope = &scope;
    batch->spans.push_back(s);
  }
  return batch;
}

class WindowTest : public ::testing::Test {
 protected:
  std::set<Sequence> released_;
};

TEST_F(WindowTest, FindsASpanAtOnceAndUntilItIsForgotten) {
  Window window(Limits{}, [this](Sequence s) { released_.insert(s); });
  window.insert(batch_of({{1, 10}, {2, 20}, {1, 11}}), 1, 0s);
  window.insert(batch_of({{1, 12}}), 2, 1s);
  EXPECT_EQ(window.find(TraceId{0, 1}).spans.size(), 3U);
  EXPECT_TRUE(window.take(4s, Window::Due::limits).empty());

  const Leaving first = window.take(5s, Window::Due::limits);  // trace 2 has been idle for 5 s, trace 1 for 4
  ASSERT_EQ(first.traces.size(), 1U);
  EXPECT_EQ(first.traces[0].id, (TraceId{0, 2}));
  EXPECT_EQ(first.through, 2U);
  EXPECT_EQ(window.find(TraceId{0, 2}).spans.size(), 1U);
  EXPECT_TRUE(window.has(TraceId{0, 2}));
  window.forget(first);
  EXPECT_TRUE(window.find(TraceId{0, 2}).spans.empty());
  EXPECT_FALSE(window.has(TraceId{0, 2}));
  EXPECT_TRUE(released_.empty());

  const Leaving second = window.take(6s, Window::Due::limits);
  ASSERT_EQ(second.traces.size(), 1U);
  EXPECT_EQ(second.spans_of(second.traces[0]).spans.size(), 3U);
  window.forget(second);
  EXPECT_EQ(released_, (std::set<Sequence>{1, 2}));
  EXPECT_EQ(window.bytes(), 0U);
  EXPECT_EQ(window.spans(), 0U);
}

TEST_F(WindowTest, ATraceThatNeverRestsLeavesWhenItIsOld) {
  Window window(Limits{.age_max = 10s}, [this](Sequence s) { released_.insert(s); });
  for (Sequence i = 1; i <= 11; ++i) {
    window.insert(batch_of({{1, i}}), i, std::chrono::seconds(i - 1));
    if (i < 11) {
      EXPECT_TRUE(window.take(std::chrono::seconds(i - 1), Window::Due::limits).empty());
    }
  }
  const Leaving leaving = window.take(10s, Window::Due::limits);
  ASSERT_EQ(leaving.traces.size(), 1U);
  window.insert(batch_of({{1, 12}}), 12, 10s);  // a late span is a second piece beside the first
  EXPECT_EQ(window.find(TraceId{0, 1}).spans.size(), 12U);
  window.forget(leaving);
  EXPECT_EQ(window.find(TraceId{0, 1}).spans.size(), 1U);
}

TEST_F(WindowTest, WhenMemoryIsShortTheOldestBatchesGoFirst) {
  Window window(Limits{.bytes_soft = 1}, [this](Sequence s) { released_.insert(s); });
  window.insert(batch_of({{1, 1}, {2, 2}}), 1, 0s);
  window.insert(batch_of({{3, 3}, {1, 4}}), 2, 0s);
  const Leaving leaving = window.take(0s, Window::Due::limits);
  EXPECT_EQ(leaving.traces.size(), 3U);
  EXPECT_EQ(window.bytes_staying(), 0U);
  EXPECT_GT(window.bytes(), 0U);
  EXPECT_TRUE(window.take(0s, Window::Due::limits).empty());
  window.forget(leaving);
  EXPECT_EQ(released_, (std::set<Sequence>{1, 2}));
}

TEST_F(WindowTest, RandomLivesKeepEverySpanVisibleExactlyOnce) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    released_.clear();
    Random random(seed);
    Window window(Limits{.idle = 3s, .age_max = 8s, .bytes_soft = 4000 + random.below(40'000), .spans_per_take = 50},
                  [this](Sequence s) { EXPECT_TRUE(released_.insert(s).second); });
    std::map<std::uint64_t, std::set<std::uint64_t>> inside;
    std::vector<Leaving> on_their_way;
    std::uint64_t next_span = 1;
    Sequence sequence = 0;
    for (int step = 0; step < 400; ++step) {
      const Duration now = std::chrono::seconds(step / 4);
      std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
      for (std::uint64_t i = 0, n = 1 + random.below(20); i < n; ++i)
        rows.emplace_back(1 + random.below(40), next_span++);
      for (const auto& [trace, span] : rows) inside[trace].insert(span);
      window.insert(batch_of(rows), ++sequence, now);
      if (random.chance(0.5)) {
        Leaving leaving = window.take(now, Window::Due::limits);
        if (!leaving.empty()) on_their_way.push_back(std::move(leaving));
      }
      while (!on_their_way.empty() && random.chance(0.6)) {
        for (const auto& chain : on_their_way.front().traces) {
          for (const auto& span : on_their_way.front().spans_of(chain).spans) {
            EXPECT_EQ(inside[chain.id.low].erase(span.id.value), 1U);
          }
        }
        window.forget(on_their_way.front());
        on_their_way.erase(on_their_way.begin());
      }
      const std::uint64_t probe = 1 + random.below(40);
      std::set<std::uint64_t> seen;
      for (const auto& span : window.find(TraceId{0, probe}).spans) EXPECT_TRUE(seen.insert(span.id.value).second);
      ASSERT_EQ(seen, inside[probe]) << "seed " << seed << " step " << step;
    }
    for (const auto& leaving : on_their_way) window.forget(leaving);
    for (Leaving rest = window.take(1h, Window::Due::everything); !rest.empty();
         rest = window.take(1h, Window::Due::everything)) {
      window.forget(rest);
    }
    EXPECT_EQ(window.spans(), 0U);
    EXPECT_EQ(window.bytes(), 0U);
    EXPECT_EQ(window.traces(), 0U);
    EXPECT_EQ(released_.size(), sequence);
  }
}

TEST_F(WindowTest, ReadersMayLookWhileTheShardWorks) {
  Window window(Limits{.idle = 0s}, [](Sequence) {});
  Worker reader("reader", [&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      for (const auto& span : window.find(TraceId{0, 3}).spans) EXPECT_EQ(span.resource->service, unknown_service);
      for (const auto& batch : window.batches()) EXPECT_FALSE(batch->spans.empty());
    }
  });
  for (Sequence i = 1; i <= 2000; ++i) {
    window.insert(batch_of({{i % 7, i}, {3, i + 10'000}}), i, std::chrono::milliseconds(i));
    if (i % 3 == 0) window.forget(window.take(std::chrono::milliseconds(i), Window::Due::limits));
  }
}

}  // namespace
}  // namespace filo::window
