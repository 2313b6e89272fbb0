// The engine against a brute-force answer over all spans, for random traces that are split among random readers.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/manual_clock.h"
#include "base/random.h"
#include "query/engine.h"
#include "test/support/vector_reader.h"

namespace filo::query {
namespace {

using filter::Op;

class Collected final : public SearchListener {
 public:
  bool on_trace(const TraceSummary& summary, const Trace& trace) override {
    EXPECT_EQ(summary.spans, trace.spans.size());
    summaries.push_back(summary);
    return true;
  }
  bool on_progress(const SearchProgress&) override { return true; }
  std::vector<TraceSummary> summaries;
};

// A small world: few ids and times, so that ties, shared places and late pieces are common.
struct World {
  SpanBatch all;
  std::vector<test::VectorReader> readers;
  std::vector<NamedReader> named;
};

constexpr std::string_view names[] = {"get", "put", "list"};
constexpr std::string_view services[] = {"cart", "stock"};

void fill(World& world, Random& random) {
  struct ServiceResource {
    Attribute attributes[1];
    Resource resource;
  };
  static const std::vector<std::unique_ptr<ServiceResource>> resources = [] {
    std::vector<std::unique_ptr<ServiceResource>> made;
    for (const auto service : services) {
      made.push_back(std::make_unique<ServiceResource>());
      made.back()->attributes[0] = {"service.name", AttributeValue::of_string(service)};
      made.back()->resource.attributes = made.back()->attributes;
      made.back()->resource.finish();
    }
    return made;
  }();
  static const Scope scope;
  const auto traces = 1 + random.below(8);
  const auto spans = 1 + random.below(24);
  SpanCopier everything(world.all);
  std::vector<std::shared_ptr<SpanBatch>> parts;
  for (std::size_t i = 0; i < world.readers.size(); ++i) parts.push_back(std::make_shared<SpanBatch>());
  for (std::uint64_t i = 0; i < spans; ++i) {
    Attribute attribute{"n", AttributeValue::of_int(static_cast<std::int64_t>(random.below(4)))};
    Span span;
    span.trace_id = {0, 1 + random.below(traces)};
    span.id = {i + 1};
    span.parent_id = {random.below(spans + 1)};
    span.start = Timestamp{static_cast<std::int64_t>(random.below(30))};
    span.end = Timestamp{static_cast<std::int64_t>(random.below(60))};
    span.name = names[random.below(3)];
    span.resource = &resources[random.below(2)]->resource;
    span.scope = &scope;
    span.status = random.chance(0.2) ? StatusCode::error : StatusCode::unset;
    span.attributes = {&attribute, 1};
    everything.copy(span);
    // Somewhere, and sometimes elsewhere too: a retry, or a trace on its way from one reader to the next.
    for (auto copies = 1 + random.below(2); copies > 0; --copies) {
      SpanCopier(*parts[random.below(parts.size())]).copy(span);
    }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) world.readers[i].add(parts[i]);
}

filter::SpanFilter random_filter(Random& random) {
  filter::SpanFilter filter;
  const auto add = [&filter](Result<filter::Condition> condition) { filter.conditions.push_back(*condition); };
  if (random.chance(0.4)) add(filter::make_condition(filter::Field::service, Op::equal, services[random.below(2)]));
  if (random.chance(0.3)) add(filter::make_condition(filter::Field::operation, Op::not_equal, names[random.below(3)]));
  if (random.chance(0.2)) add(filter::make_condition(filter::Field::status, Op::equal, "error"));
  if (random.chance(0.2)) add(filter::make_condition(filter::Field::duration, Op::less, "5ns"));
  if (random.chance(0.3)) {
    add(filter::make_attribute_condition(filter::Level::any, "n", Op::greater_equal, std::to_string(random.below(4))));
  }
  return filter;
}

// Every trace with a matching span, by Place; worked out without any of the engine's code but matches().
std::vector<Place> expected_places(const SpanBatch& all, const TraceQuery& query) {
  std::map<TraceId, Timestamp> newest;
  for (const auto& span : all.spans) {
    if (span.start < query.range.from || span.start >= query.range.to || !matches(query.filter, span)) continue;
    const auto [entry, added] = newest.emplace(span.trace_id, span.start);
    if (!added && entry->second < span.start) entry->second = span.start;
  }
  std::vector<Place> places;
  for (const auto& [id, time] : newest) places.push_back({time, id});
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.newest_match != b.newest_match ? a.newest_match > b.newest_match : a.trace_id > b.trace_id;
  });
  return places;
}

void expect_summary(const TraceSummary& summary, const SpanBatch& all) {
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;
  Timestamp start{INT64_MAX};
  Timestamp end{INT64_MIN};
  for (const auto& span : all.spans) {
    if (span.trace_id != summary.id) continue;
    ++spans;
    errors += span.is_error() ? 1U : 0U;
    start = std::min(start, span.start);
    end = std::max(end, span.end);
  }
  EXPECT_EQ(summary.spans, spans);
  EXPECT_EQ(summary.errors, errors);
  EXPECT_EQ(summary.start, start);
  std::uint64_t by_service = 0;
  for (const auto& service : summary.services) by_service += service.spans;
  EXPECT_EQ(by_service, spans);
}

TEST(EngineModel, SearchAgreesWithBruteForceOverTheUnion) {
  Random random(20'260'101);
  const ManualClock clock;
  int queries = 0;
  std::size_t found = 0;
  while (queries < 110'000 && !testing::Test::HasFailure()) {
    World world;
    world.readers.resize(1 + random.below(4));
    for (auto& reader : world.readers) {
      world.named.push_back({"reader", &reader});
      if (random.chance(0.3)) reader.page_max = 1 + random.below(3);
    }
    fill(world, random);
    const Engine engine(world.named, clock, {});
    for (int i = 0; i < 40 && !testing::Test::HasFailure(); ++i) {
      TraceQuery query;
      query.filter = random_filter(random);
      if (random.chance(0.5)) {
        query.range.from = Timestamp{static_cast<std::int64_t>(random.below(30))};
        query.range.to = query.range.from + Duration(1 + random.below(30));
      }
      query.limit = 1 + random.below(6);
      const auto expected = expected_places(world.all, query);
      // All pages, one after the other; each page is a query of its own.
      std::vector<Place> got;
      for (;;) {
        Collected page;
        const SearchEnd end = engine.search(query, Deadline::never(), page);
        ++queries;
        ASSERT_TRUE(end.scan.complete);
        ASSERT_LE(page.summaries.size(), query.limit);
        for (const auto& summary : page.summaries) {
          got.push_back(summary.place());
          expect_summary(summary, world.all);
        }
        if (!end.next) break;
        ASSERT_TRUE(!query.after || *end.next < *query.after);
        query.after = end.next;
      }
      ASSERT_EQ(got.size(), expected.size());
      for (std::size_t k = 0; k < got.size(); ++k) EXPECT_EQ(got[k], expected[k]);
      found += got.size();
    }
  }
  EXPECT_GT(found, 50'000U);
}

}  // namespace
}  // namespace filo::query
