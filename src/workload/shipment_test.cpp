#include "workload/shipment.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace filo::workload {
namespace {

class ShipmentTest : public testing::Test {
 protected:
  const Workload workload_{{.seed = 4, .profile = Profile::small, .start = Timestamp{1'760'000'000'000'000'000}}};
  static constexpr std::size_t traces = 1000;  // of ten spans
};

TEST_F(ShipmentTest, WithoutMishapsIsTheWorkload) {
  const Shipment shipment = ship(workload_, {}, 0, traces);
  const SpanBatch plain = workload_.traces(0, traces);
  EXPECT_EQ(shipment.prompt, plain.spans.size());
  EXPECT_TRUE(std::equal(shipment.batch.spans.begin(), shipment.batch.spans.end(), plain.spans.begin(),
                         plain.spans.end(), [](const Span& a, const Span& b) { return equal(a, b); }));
}

TEST_F(ShipmentTest, RootlessTracesNameAParentThatIsNeverSent) {
  const Shipment shipment = ship(workload_, {.rootless = 0.3}, 0, traces);
  std::map<TraceId, std::set<SpanId>> ids;
  std::size_t roots = 0;
  for (const auto& span : shipment.batch.spans) {
    ids[span.trace_id].insert(span.id);
    if (span.parent_id.is_zero()) ++roots;
  }
  std::size_t orphans = 0;
  for (const auto& span : shipment.batch.spans) {
    if (!span.parent_id.is_zero() && !ids[span.trace_id].contains(span.parent_id)) ++orphans;
  }
  EXPECT_EQ(roots + orphans, traces);
  EXPECT_NEAR(static_cast<double>(orphans), 300, 60);
}

TEST_F(ShipmentTest, LateSpansComeLastAndInRequestsOfTheirOwn) {
  const Shipment shipment = ship(workload_, {.late = 0.2}, 0, traces);
  const auto& spans = shipment.batch.spans;
  ASSERT_EQ(spans.size(), 10 * traces);
  EXPECT_NEAR(static_cast<double>(spans.size() - shipment.prompt), 0.2 / 3 * 10 * traces, 120);
  std::set<TraceId> late;
  for (std::size_t i = shipment.prompt; i < spans.size(); ++i) late.insert(spans[i].trace_id);
  EXPECT_NEAR(static_cast<double>(late.size()), 200, 50);
  EXPECT_EQ(shipment.request_of(0, 64), 0U);
  EXPECT_EQ(shipment.request_of(shipment.prompt - 1, 64), (shipment.prompt - 1) / 64);
  EXPECT_EQ(shipment.request_of(shipment.prompt, 64), (shipment.prompt - 1) / 64 + 1);
  EXPECT_EQ(shipment.request_of(shipment.prompt + 64, 64), (shipment.prompt - 1) / 64 + 2);
}

TEST_F(ShipmentTest, DuplicatesAreTheSameSpansAgain) {
  const Shipment shipment = ship(workload_, {.duplicated = 0.1}, 0, traces);
  std::map<SpanId, const Span*> seen;
  std::size_t again = 0;
  for (const auto& span : shipment.batch.spans) {
    const auto [known, is_new] = seen.emplace(span.id, &span);
    if (is_new) continue;
    ++again;
    EXPECT_TRUE(equal(*known->second, span));
  }
  EXPECT_EQ(seen.size(), 10 * traces);
  EXPECT_NEAR(static_cast<double>(again), traces, 150);
  EXPECT_EQ(shipment.prompt, shipment.batch.spans.size());
}

TEST_F(ShipmentTest, ATraceMeetsTheSameFateWhateverItIsShippedWith) {
  const Mishaps mishaps{.rootless = 0.5, .late = 0.5, .duplicated = 0.2};
  const auto fates = [&](std::uint64_t first, std::size_t count, TraceId id) {
    std::multiset<std::tuple<SpanId, SpanId, bool>> found;
    const Shipment shipment = ship(workload_, mishaps, first, count);
    for (std::size_t i = 0; i < shipment.batch.spans.size(); ++i) {
      const Span& span = shipment.batch.spans[i];
      if (span.trace_id == id) found.emplace(span.id, span.parent_id, i < shipment.prompt);
    }
    return found;
  };
  for (std::uint64_t i = 5; i < 25; ++i) {
    EXPECT_EQ(fates(0, 30, workload_.trace_id(i)), fates(i, 1, workload_.trace_id(i)));
  }
}

}  // namespace
}  // namespace filo::workload
