#include "workload/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "model/trace.h"
#include "model/utf8.h"
#include "wire/otlp/otlp.h"

namespace filo::workload {
namespace {

constexpr Timestamp start{1'760'000'000'000'000'000};

std::map<TraceId, Trace> by_trace(SpanBatch batch) {
  auto owner = std::make_shared<const SpanBatch>(std::move(batch));
  std::map<TraceId, SpanSet> sets;
  for (const auto& span : owner->spans) sets[span.trace_id].spans.push_back(span);
  std::map<TraceId, Trace> traces;
  for (auto& [id, set] : sets) {
    set.owners = {owner};
    traces.emplace(id, assemble(id, std::move(set)));
  }
  return traces;
}

bool same(const Trace& a, const Trace& b) {
  return std::equal(a.spans.begin(), a.spans.end(), b.spans.begin(), b.spans.end(),
                    [](const Span& x, const Span& y) { return equal(x, y); });
}

class EveryProfile : public testing::TestWithParam<Profile> {};
INSTANTIATE_TEST_SUITE_P(Profiles, EveryProfile, testing::Values(Profile::realistic, Profile::small, Profile::tiny),
                         [](const auto& profile) { return std::string(name_of(profile.param)); });

TEST_P(EveryProfile, MakesTheSameTraceWhateverItIsAskedForWith) {
  const Workload workload({.seed = 5, .profile = GetParam(), .start = start});
  const Workload again({.seed = 5, .profile = GetParam(), .start = start});
  const auto together = by_trace(workload.traces(100, 60));
  ASSERT_EQ(together.size(), 60U);
  for (std::uint64_t i = 100; i < 160; ++i) {
    const auto alone = by_trace(again.traces(i, 1));
    ASSERT_EQ(alone.size(), 1U);
    const auto& [id, trace] = *alone.begin();
    EXPECT_EQ(id, workload.trace_id(i));
    EXPECT_EQ(trace.spans.size(), workload.span_count(i));
    ASSERT_TRUE(together.contains(id));
    EXPECT_TRUE(same(trace, together.at(id))) << i;
  }
}

TEST_P(EveryProfile, DiffersBySeed) {
  const Workload one({.seed = 1, .profile = GetParam(), .start = start});
  const Workload two({.seed = 2, .profile = GetParam(), .start = start});
  std::set<TraceId> ids;
  for (std::uint64_t i = 0; i < 1000; ++i) ids.insert({one.trace_id(i), two.trace_id(i)});
  EXPECT_EQ(ids.size(), 2000U);
}

TEST_P(EveryProfile, MakesWholeTreesOfDistinctSpansInValidText) {
  const Workload workload({.seed = 9, .profile = GetParam(), .start = start});
  for (const auto& [id, trace] : by_trace(workload.traces(0, 200))) {
    EXPECT_EQ(trace.duplicates, 0U);
    std::unordered_set<SpanId> ids;
    for (std::size_t row = 0; row < trace.spans.size(); ++row) {
      const Span& span = trace.spans[row];
      ids.insert(span.id);
      EXPECT_FALSE(trace.is_orphan(row));
      EXPECT_EQ(span.parent_id.is_zero(), row == 0);
      EXPECT_GE(span.duration(), Duration::zero());
      EXPECT_TRUE(is_utf8(span.name));
      std::set<std::string_view> keys;
      for (const auto& attribute : span.attributes) {
        keys.insert(attribute.key);
        EXPECT_TRUE(is_utf8(to_text(attribute.value)));
      }
      EXPECT_EQ(keys.size(), span.attributes.size());
    }
    EXPECT_EQ(ids.size(), trace.spans.size());
  }
}

TEST(Workload, SmallHasTwelveAttributesAndTenSpans) {
  const Workload workload({.profile = Profile::small, .start = start});
  const auto batch = workload.traces(0, 500);
  EXPECT_EQ(batch.spans.size(), 5000U);
  for (const auto& span : batch.spans) {
    EXPECT_GE(span.attributes.size(), 11U);
    EXPECT_LE(span.attributes.size(), 12U);
  }
}

TEST(Workload, RealisticIsAMixture) {
  const Workload workload({.seed = 3, .profile = Profile::realistic, .start = start});
  std::vector<std::size_t> sizes;
  for (std::uint64_t i = 0; i < 20'000; ++i) sizes.push_back(workload.span_count(i));
  std::sort(sizes.begin(), sizes.end());
  EXPECT_LE(sizes[2'000], 2U);
  EXPECT_NEAR(static_cast<double>(sizes[10'000]), 6, 3);
  EXPECT_GT(sizes[19'000], 80U);
  EXPECT_GT(sizes.back(), 1'000U);
  EXPECT_LE(sizes.back(), 20'000U);

  const auto batch = workload.traces(0, 600);
  std::set<std::string_view> services;
  std::set<std::string_view> operations;
  std::set<ValueType> types;
  std::size_t errors = 0;
  std::size_t stack_traces = 0;
  std::size_t events = 0;
  std::size_t links = 0;
  double attributes = 0;
  for (const auto& span : batch.spans) {
    services.insert(span.resource->service);
    operations.insert(span.name);
    attributes += static_cast<double>(span.attributes.size());
    for (const auto& attribute : span.attributes) types.insert(attribute.value.type());
    if (span.is_error()) ++errors;
    for (const auto& event : span.events) ++(event.name == "exception" ? stack_traces : events);
    links += span.links.size();
    EXPECT_GE(span.resource->attributes.size(), 8U);
  }
  const auto n = static_cast<double>(batch.spans.size());
  EXPECT_GT(services.size(), 20U);
  EXPECT_GT(operations.size(), 30U);
  EXPECT_GE(types.size(), 5U);
  EXPECT_GT(attributes / n, 12);
  EXPECT_LT(attributes / n, 22);
  EXPECT_GT(static_cast<double>(errors) / n, 0.005);
  EXPECT_LT(static_cast<double>(errors) / n, 0.1);
  EXPECT_GT(stack_traces, 0U);
  EXPECT_GT(events, 0U);
  EXPECT_GT(links, 0U);
}

double otlp_bytes_per_span(Profile profile) {
  const Workload workload({.seed = 3, .profile = profile, .start = start});
  const auto batch = workload.traces(0, 4 * workload.group_traces());
  constexpr std::size_t spans_per_request = 512;
  std::size_t bytes = 0;
  for (std::span<const Span> rest = batch.spans; !rest.empty();) {
    const auto request = rest.first(std::min(rest.size(), spans_per_request));
    bytes += wire::otlp::encode(request).size();
    rest = rest.subspan(request.size());
  }
  return static_cast<double>(bytes) / static_cast<double>(batch.spans.size());
}

TEST(Workload, IsAsLargeInOtlpAsItsProfilePromises) {
  EXPECT_NEAR(otlp_bytes_per_span(Profile::realistic), 1000, 50);
  EXPECT_NEAR(otlp_bytes_per_span(Profile::small), 440, 22);
  EXPECT_NEAR(otlp_bytes_per_span(Profile::tiny), 140, 14);
}

TEST(Workload, SpreadsATraceOverTheBatchesOfItsServices) {
  const Workload workload({.profile = Profile::small, .start = start});
  const auto batch = workload.traces(0, workload.group_traces());
  std::map<TraceId, std::set<std::size_t>> batches;
  for (std::size_t i = 0; i < batch.spans.size(); ++i) batches[batch.spans[i].trace_id].insert(i / 512);
  std::size_t spread = 0;
  for (const auto& [id, numbers] : batches) spread += numbers.size() > 1 ? 1 : 0;
  EXPECT_GT(spread, batches.size() / 2);
}

TEST(Workload, CanMakeOneHugeTrace) {
  const Workload workload({.profile = Profile::tiny, .start = start, .spans_per_trace = 20'000});
  const auto traces = by_trace(workload.traces(0, 1));
  ASSERT_EQ(traces.size(), 1U);
  const auto& trace = traces.begin()->second;
  EXPECT_EQ(trace.spans.size(), 20'000U);
  std::vector<int> depth(trace.spans.size());
  for (std::size_t row = 1; row < depth.size(); ++row) {
    depth[row] = depth[static_cast<std::size_t>(trace.parents[row])] + 1;
  }
  EXPECT_LE(*std::max_element(depth.begin(), depth.end()), 6);
}

}  // namespace
}  // namespace filo::workload
