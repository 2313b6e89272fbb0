#include "workload/demo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/trace.h"
#include "model/utf8.h"

namespace filo::workload {
namespace {

constexpr Timestamp start{1'760'000'000'000'000'000};

TEST(Demo, TellsTheSameStoriesForTheSameSeed) {
  Demo one(4);
  Demo two(4);
  for (int i = 0; i < 50; ++i) {
    const auto a = one.next_request(start + std::chrono::seconds(i));
    const auto b = two.next_request(start + std::chrono::seconds(i));
    EXPECT_TRUE(std::equal(a.spans.begin(), a.spans.end(), b.spans.begin(), b.spans.end(),
                           [](const Span& x, const Span& y) { return equal(x, y); }));
  }
}

TEST(Demo, MakesWholeTracesInWhichCallersContainTheirCalls) {
  Demo demo(1);
  for (int i = 0; i < 300; ++i) {
    auto batch = std::make_shared<SpanBatch>(demo.next_request(start + std::chrono::seconds(i)));
    ASSERT_FALSE(batch->spans.empty());
    const TraceId id = batch->spans.front().trace_id;
    const Trace trace = assemble(id, {.owners = {batch}, .spans = batch->spans});
    EXPECT_EQ(trace.duplicates, 0U);
    for (std::size_t row = 0; row < trace.spans.size(); ++row) {
      const Span& span = trace.spans[row];
      EXPECT_EQ(span.trace_id, id);
      EXPECT_GT(span.duration(), Duration::zero());
      EXPECT_TRUE(is_utf8(span.name));
      EXPECT_EQ(trace.parents[row] < 0, row == 0);
      if (row == 0) continue;
      const Span& parent = trace.spans[static_cast<std::size_t>(trace.parents[row])];
      EXPECT_GE(span.start, parent.start);
      if (span.kind != SpanKind::consumer) {
        EXPECT_LE(span.end, parent.end) << span.name;
      }
    }
  }
}

TEST(Demo, HasSomethingToFindInAQuarterOfAnHour) {
  Demo demo(2);
  std::set<std::string_view> services;
  std::vector<SpanBatch> batches;
  std::size_t errors = 0;
  std::size_t slow = 0;
  std::size_t links = 0;
  std::size_t stack_traces = 0;
  std::size_t widest = 0;
  for (int i = 0; i < 900; ++i) {
    batches.push_back(demo.next_request(start + std::chrono::seconds(i)));
    const auto& spans = batches.back().spans;
    widest = std::max(widest, spans.size());
    if (spans.front().duration() > std::chrono::seconds(1)) ++slow;
    for (const auto& span : spans) {
      services.insert(span.resource->service);
      errors += span.is_error() ? 1 : 0;
      links += span.links.size();
      stack_traces += span.events.size();
    }
  }
  EXPECT_GE(services.size(), 12U);
  EXPECT_GT(errors, 20U);
  EXPECT_GT(slow, 5U);
  EXPECT_GT(links, 0U);
  EXPECT_GT(stack_traces, 10U);
  EXPECT_GT(widest, 20U);
}

}  // namespace
}  // namespace filo::workload
