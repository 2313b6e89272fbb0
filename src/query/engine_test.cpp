#include "query/engine.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/manual_clock.h"
#include "test/support/vector_reader.h"

namespace filo::query {
namespace {

class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    attributes_[0] = {"service.name", AttributeValue::of_string("cart")};
    resource_.attributes = attributes_;
    resource_.finish();
  }

  Span span(std::uint64_t trace, std::uint64_t id, std::int64_t start) const {
    Span made;
    made.trace_id = {0, trace};
    made.id = {id};
    made.start = Timestamp{start};
    made.end = Timestamp{start + 10};
    made.name = "get";
    made.resource = &resource_;
    made.scope = &scope_;
    return made;
  }

  Engine engine(const EngineConfig& config = {}) const {
    return Engine({{"window", &window_}, {"store", &store_}}, clock_, config);
  }

  ManualClock clock_;
  Attribute attributes_[1];
  Resource resource_;
  Scope scope_;
  test::VectorReader window_;
  test::VectorReader store_;
};

// Remembers, and does what the test wants at each step.
class Listener final : public SearchListener {
 public:
  bool on_trace(const TraceSummary& summary, const Trace&) override {
    ids.push_back(summary.id.low);
    last = summary;
    if (then) then();
    return ids.size() < stop_after;
  }
  bool on_progress(const SearchProgress& progress) override {
    steps = progress;
    return true;
  }
  std::vector<std::uint64_t> ids;
  TraceSummary last;
  SearchProgress steps;
  std::function<void()> then;
  std::size_t stop_after = SIZE_MAX;
};

TEST_F(EngineTest, FindsATraceInPieces) {
  window_.add(span(1, 2, 5));
  store_.add(span(1, 1, 1));
  store_.add(span(1, 2, 5));
  const auto found = engine().find({0, 1}, Deadline::never());
  EXPECT_EQ(found.trace.spans.size(), 2U);
  EXPECT_EQ(found.trace.duplicates, 1U);
  EXPECT_TRUE(found.scan.complete);
  EXPECT_GT(found.scan.spans, 0U);
  EXPECT_TRUE(engine().find({0, 9}, Deadline::never()).trace.spans.empty());
}

TEST_F(EngineTest, AFailedReaderMakesTheAnswerIncompleteAndIsNamed) {
  window_.add(span(1, 1, 1));
  store_.add(span(2, 1, 2));
  store_.fails_to_find = store_.fails_to_list = true;
  const auto found = engine().find({0, 1}, Deadline::never());
  EXPECT_EQ(found.trace.spans.size(), 1U);
  EXPECT_FALSE(found.scan.complete);
  ASSERT_EQ(found.scan.warnings.size(), 1U);
  EXPECT_EQ(found.scan.warnings[0], "store: out of order");

  Listener listener;
  const auto end = engine().search({}, Deadline::never(), listener);
  EXPECT_EQ(listener.ids, (std::vector<std::uint64_t>{1}));
  EXPECT_FALSE(end.scan.complete);
  EXPECT_EQ(end.scan.warnings, (std::vector<std::string>{"store: out of order"}));
  EXPECT_TRUE(end.next.has_value());

  const auto facets = engine().facets({}, Deadline::never());
  ASSERT_EQ(facets.facets.size(), 1U);
  EXPECT_EQ(facets.facets[0].name, "cart");
  EXPECT_FALSE(facets.scan.complete);
}

TEST_F(EngineTest, ASummaryTellsOfTheWholeTraceAndTheNewestMatch) {
  Span root = span(1, 1, 100);
  root.end = Timestamp{400};
  Span child = span(1, 2, 150);
  child.parent_id = {1};
  child.status = StatusCode::error;
  child.name = "put";
  store_.add(root);
  window_.add(child);
  TraceQuery query;
  query.filter.conditions.push_back(*filter::make_condition(filter::Field::operation, filter::Op::equal, "put"));
  Listener listener;
  const auto end = engine().search(query, Deadline::never(), listener);
  ASSERT_EQ(listener.ids.size(), 1U);
  EXPECT_FALSE(end.next.has_value());
  const auto& summary = listener.last;
  ASSERT_TRUE(summary.root.has_value());
  EXPECT_EQ(summary.root->id, SpanId{1});
  EXPECT_EQ(summary.match.id, SpanId{2});
  EXPECT_TRUE(summary.match.error);
  EXPECT_EQ(summary.start, Timestamp{100});
  EXPECT_EQ(summary.duration, Duration(300));
  EXPECT_EQ(summary.spans, 2U);
  EXPECT_EQ(summary.errors, 1U);
  ASSERT_EQ(summary.services.size(), 1U);
  EXPECT_EQ(summary.services[0].spans, 2U);
}

TEST_F(EngineTest, StopsWhenTheListenerHasGone) {
  for (std::uint64_t i = 1; i <= 5; ++i) window_.add(span(i, 1, static_cast<std::int64_t>(i)));
  Listener listener;
  listener.stop_after = 2;
  const auto end = engine().search({}, Deadline::never(), listener);
  EXPECT_EQ(listener.ids, (std::vector<std::uint64_t>{5, 4}));
  EXPECT_TRUE(end.next.has_value());
}

TEST_F(EngineTest, GivesWhatItHasWhenTimeRunsOut) {
  for (std::uint64_t i = 1; i <= 5; ++i) window_.add(span(i, 1, static_cast<std::int64_t>(i)));
  Listener listener;
  listener.then = [this] { clock_.advance(std::chrono::milliseconds(400)); };
  auto end = engine().search({}, Deadline::after(clock_, std::chrono::seconds(1)), listener);
  EXPECT_EQ(listener.ids, (std::vector<std::uint64_t>{5, 4, 3}));
  EXPECT_FALSE(end.scan.complete);
  ASSERT_EQ(end.scan.warnings.size(), 1U);
  EXPECT_NE(end.scan.warnings[0].find("time"), std::string::npos);
  // The next page goes on where this one ended.
  ASSERT_TRUE(end.next.has_value());
  TraceQuery query;
  query.after = end.next;
  Listener rest;
  end = engine().search(query, Deadline::never(), rest);
  EXPECT_EQ(rest.ids, (std::vector<std::uint64_t>{2, 1}));
  EXPECT_FALSE(end.next.has_value());
}

TEST_F(EngineTest, LooksAtNoMoreTracesThanAllowed) {
  for (std::uint64_t i = 1; i <= 5; ++i) window_.add(span(i, 1, static_cast<std::int64_t>(i)));
  Listener listener;
  const auto end = engine({.traces_per_search_max = 3}).search({}, Deadline::never(), listener);
  EXPECT_EQ(listener.ids.size(), 3U);
  EXPECT_EQ(listener.steps.traces, 2U);
  EXPECT_FALSE(end.scan.complete);
  EXPECT_TRUE(end.next.has_value());
}

TEST_F(EngineTest, MissesNothingThatMovesToTheStoreMeanwhile) {
  for (std::uint64_t i = 1; i <= 8; ++i) window_.add(span(i, 1, static_cast<std::int64_t>(i)));
  window_.page_max = store_.page_max = 2;
  Listener listener;
  listener.then = [&] {
    if (listener.ids.size() != 1) return;
    window_.clear();
    for (std::uint64_t i = 1; i <= 8; ++i) store_.add(span(i, 1, static_cast<std::int64_t>(i)));
  };
  const auto end = engine().search({}, Deadline::never(), listener);
  EXPECT_EQ(listener.ids, (std::vector<std::uint64_t>{8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_FALSE(end.next.has_value());
}

// Its newest span goes away (retention) between being named and being read: its place is a later one now.
TEST_F(EngineTest, KeepsTheOrderWhenATraceLosesItsNewestSpan) {
  store_.add(span(1, 1, 10));
  store_.add(span(2, 1, 50));
  store_.add(span(3, 1, 40));
  window_.add(span(1, 2, 60));
  window_.add(span(4, 1, 70));
  Listener listener;
  listener.then = [&] {
    if (listener.ids.size() == 1) window_.clear();
  };
  const auto end = engine().search({}, Deadline::never(), listener);
  EXPECT_EQ(listener.ids, (std::vector<std::uint64_t>{4, 2, 3, 1}));
  EXPECT_FALSE(end.next.has_value());
}

TEST_F(EngineTest, FacetsAreAddedUpAndCutToTheLimit) {
  window_.add(span(1, 1, 1));
  store_.add(span(2, 1, 1));
  Span other = span(3, 1, 1);
  other.name = "add";
  store_.add(other);
  FacetQuery query;
  query.kind = FacetKind::operation;
  auto page = engine().facets(query, Deadline::never());
  ASSERT_EQ(page.facets.size(), 2U);
  EXPECT_EQ(page.facets[0].name, "add");
  EXPECT_EQ(page.facets[1].name, "get");
  EXPECT_EQ(page.facets[1].spans, 2U);
  query.limit = 1;
  EXPECT_EQ(engine().facets(query, Deadline::never()).facets.size(), 1U);
  query.kind = FacetKind::attribute_value;
  query.key = "service.name";
  page = engine().facets(query, Deadline::never());
  ASSERT_EQ(page.facets.size(), 1U);
  EXPECT_EQ(page.facets[0].name, "cart");
  EXPECT_EQ(page.facets[0].spans, 3U);
}

}  // namespace
}  // namespace filo::query
