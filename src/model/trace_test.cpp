#include "model/trace.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace filo {
namespace {

struct Given {
  std::uint64_t id;
  std::uint64_t parent;
  std::int64_t start;
  std::string_view name = "op";
};

SpanSet make(const std::vector<Given>& given) {
  auto batch = std::make_shared<SpanBatch>();
  auto& resource = batch->arena.array<Resource>(1).front();
  resource.finish();
  auto& scope = batch->arena.array<Scope>(1).front();
  for (const auto& g : given) {
    Span span;
    span.trace_id = TraceId{0, 1};
    span.id = SpanId{g.id};
    span.parent_id = SpanId{g.parent};
    span.start = Timestamp{g.start};
    span.end = Timestamp{g.start + 10};
    span.name = g.name;
    span.resource = &resource;
    span.scope = &scope;
    batch->spans.push_back(span);
  }
  SpanSet set;
  set.spans = batch->spans;
  set.owners.push_back(std::move(batch));
  return set;
}

std::vector<std::uint64_t> ids(const Trace& trace) {
  std::vector<std::uint64_t> out;
  for (const auto& span : trace.spans) out.push_back(span.id.value);
  return out;
}

TEST(Assemble, ParentsComeBeforeChildrenSiblingsByStart) {
  const Trace trace = assemble(TraceId{0, 1}, make({{4, 2, 30}, {3, 1, 25}, {2, 1, 20}, {1, 0, 10}}));
  EXPECT_EQ(ids(trace), (std::vector<std::uint64_t>{1, 2, 4, 3}));
  EXPECT_EQ(trace.parents, (std::vector<std::int32_t>{-1, 0, 1, 0}));
  EXPECT_EQ(trace.root()->id.value, 1U);
  EXPECT_EQ(trace.duration().count(), 30);
}

TEST(Assemble, OrderDoesNotDependOnArrival) {
  std::vector<Given> given;
  Random random(3);
  for (std::uint64_t i = 1; i <= 300; ++i) given.push_back({i, random.below(i), random.between(0, 40)});
  const auto expected = ids(assemble(TraceId{0, 1}, make(given)));
  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = given.size(); i > 1; --i) std::swap(given[i - 1], given[random.below(i)]);
    EXPECT_EQ(ids(assemble(TraceId{0, 1}, make(given))), expected);
  }
}

TEST(Assemble, DropsExactDuplicatesOnly) {
  const Trace trace =
      assemble(TraceId{0, 1}, make({{1, 0, 10}, {1, 0, 10}, {1, 0, 10, "other"}, {2, 1, 10}, {1, 0, 10}}));
  EXPECT_EQ(trace.duplicates, 2U);
  EXPECT_EQ(trace.spans.size(), 3U);
}

TEST(Assemble, SurvivesCyclesSelfParentsAndOrphans) {
  const Trace trace =
      assemble(TraceId{0, 1}, make({{1, 3, 10}, {2, 1, 20}, {3, 2, 30}, {4, 4, 5}, {5, 99, 7}, {6, 3, 40}}));
  EXPECT_EQ(trace.spans.size(), 6U);
  EXPECT_EQ(ids(trace), (std::vector<std::uint64_t>{4, 5, 1, 2, 3, 6}));
  EXPECT_TRUE(trace.is_orphan(1));
  EXPECT_EQ(trace.root(), nullptr);
}

TEST(Assemble, ADeepChainNeedsNoStack) {
  std::vector<Given> given;
  for (std::uint64_t i = 1; i <= 500'000; ++i) given.push_back({i, i - 1, static_cast<std::int64_t>(i)});
  std::reverse(given.begin(), given.end());
  const Trace trace = assemble(TraceId{0, 1}, make(given));
  EXPECT_EQ(trace.spans.back().id.value, 500'000U);
  EXPECT_EQ(trace.parents.back(), 499'998);
}

TEST(SpanCopier, CopiesOutliveTheirSource) {
  SpanBatch copy;
  {
    SpanSet source = make({{1, 0, 10}});
    SpanBatch deep;
    const AttributeValue items[] = {AttributeValue::of_string("x"), AttributeValue::of_bool(true)};
    const Attribute attributes[] = {{"list", AttributeValue::of_array(items)}, {"s", AttributeValue::of_string("y")}};
    const Event events[] = {{Timestamp{1}, "e", attributes, 2}};
    const Link links[] = {{TraceId{1, 2}, SpanId{3}, "ts", attributes, 1, 5}};
    Span span = source.spans[0];
    span.attributes = attributes;
    span.events = events;
    span.links = links;
    SpanCopier copier(copy);
    copier.copy(span);
    ASSERT_TRUE(equal(copy.spans[0], span));
  }
  EXPECT_EQ(to_text(copy.spans[0].events[0].attributes[0].value), R"(["x",true])");
  EXPECT_EQ(copy.spans[0].resource->service, unknown_service);
}

}  // namespace
}  // namespace filo
