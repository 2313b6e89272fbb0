#include "api/native/open_traces.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"
#include "test/support/sample_trace.h"
#include "test/support/vector_reader.h"

namespace filo::api {
namespace {

// Counts how often it is read; its revision is what the test says.
class CountingReader final : public query::TraceReader {
 public:
  Result<query::Found> find(TraceId id, Deadline deadline) const override {
    ++finds;
    if (revision_after_find) known_revision = *revision_after_find;
    return spans.find(id, deadline);
  }
  Result<query::CandidatePage> candidates(const query::TraceQuery& query, Deadline deadline) const override {
    return spans.candidates(query, deadline);
  }
  Result<query::FacetPage> facets(const query::FacetQuery& query, Deadline deadline) const override {
    return spans.facets(query, deadline);
  }
  std::optional<std::uint64_t> revision(TraceId) const override { return known_revision; }

  test::VectorReader spans;
  mutable std::optional<std::uint64_t> known_revision = 1;
  std::optional<std::uint64_t> revision_after_find;
  mutable int finds = 0;
};

class OpenTracesTest : public testing::Test {
 protected:
  static constexpr TraceId id = test::sample_trace_id;

  OpenTracesTest() { reader_.spans.add(sample_); }

  Span copy_for(TraceId trace_id) const {
    Span span = sample_->spans[0];
    span.trace_id = trace_id;
    return span;
  }

  const std::shared_ptr<const SpanBatch> sample_ = test::sample_trace();
  ManualClock clock_;
  CountingReader reader_;
  query::Engine engine_{{{"store", &reader_}}, clock_, {}};
  OpenTraces traces_{engine_, 1U << 20};
};

TEST_F(OpenTracesTest, AnUnchangedTraceIsReadOnce) {
  const auto first = traces_.find(id, Deadline::never());
  EXPECT_EQ(traces_.find(id, Deadline::never()), first);
  EXPECT_EQ(reader_.finds, 1);
  EXPECT_FALSE(first->version.empty());
}

TEST_F(OpenTracesTest, AChangedTraceIsReadAgain) {
  const auto first = traces_.find(id, Deadline::never());
  Span late = copy_for(id);
  late.id = SpanId{99};
  reader_.spans.add(late);
  reader_.known_revision = 2;
  const auto second = traces_.find(id, Deadline::never());
  EXPECT_EQ(second->found.trace.spans.size(), first->found.trace.spans.size() + 1);
  EXPECT_NE(second->version, first->version);
  EXPECT_EQ(traces_.find(id, Deadline::never()), second);
}

TEST_F(OpenTracesTest, NothingIsKeptThatMayHaveChangedMeanwhile) {
  reader_.revision_after_find = 2;
  (void)traces_.find(id, Deadline::never());
  (void)traces_.find(id, Deadline::never());
  EXPECT_EQ(reader_.finds, 2);
  reader_.known_revision = std::nullopt;
  reader_.revision_after_find = std::nullopt;
  (void)traces_.find(id, Deadline::never());
  (void)traces_.find(id, Deadline::never());
  EXPECT_EQ(reader_.finds, 4);
}

TEST_F(OpenTracesTest, WhatCouldNotBeReadWholeOrIsNotThereIsNotKept) {
  reader_.spans.fails_to_find = true;
  EXPECT_FALSE(traces_.find(id, Deadline::never())->found.scan.complete);
  reader_.spans.fails_to_find = false;
  EXPECT_TRUE(traces_.find(id, Deadline::never())->found.scan.complete);
  EXPECT_EQ(reader_.finds, 2);
  (void)traces_.find(TraceId{7, 7}, Deadline::never());
  (void)traces_.find(TraceId{7, 7}, Deadline::never());
  EXPECT_EQ(reader_.finds, 4);
}

TEST_F(OpenTracesTest, KeepsTheFewThatWereUsedLast) {
  for (std::uint64_t i = 1; i <= OpenTraces::traces_max + 1; ++i) {
    reader_.spans.add(copy_for({0, i}));
    (void)traces_.find({0, i}, Deadline::never());
  }
  const int finds = reader_.finds;
  (void)traces_.find({0, 2}, Deadline::never());
  EXPECT_EQ(reader_.finds, finds);
  (void)traces_.find({0, 1}, Deadline::never());
  EXPECT_EQ(reader_.finds, finds + 1);
}

TEST_F(OpenTracesTest, KeepsNoMoreBytesThanItMay) {
  OpenTraces small(engine_, 100);
  (void)small.find(id, Deadline::never());
  (void)small.find(id, Deadline::never());
  EXPECT_EQ(reader_.finds, 2);
}

}  // namespace
}  // namespace filo::api
