// What every back end that can be read must do, whatever it is made of: random traces in, random questions, compared
// with a plain evaluation over everything that was sent.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "backends/embedded/embedded.h"
#include "backends/memory/memory.h"
#include "base/manual_clock.h"
#include "io/memory_file_system.h"
#include "test/support/random_traces.h"
#include "test/support/vector_reader.h"

namespace filo {
namespace {

// A back end under test, with what its kind can do beside the two interfaces.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual pipeline::TraceWriter& writer() = 0;
  virtual const query::TraceReader& reader() const = 0;
  virtual void settle() {}  // background work, as if hours had passed
  virtual void reopen() {}
};

class MemorySubject final : public Subject {
 public:
  pipeline::TraceWriter& writer() override { return store_; }
  const query::TraceReader& reader() const override { return store_; }

 private:
  backends::Memory store_;
};

class EmbeddedSubject final : public Subject {
 public:
  EmbeddedSubject() { reopen(); }
  pipeline::TraceWriter& writer() override { return *store_; }
  const query::TraceReader& reader() const override { return *store_; }
  void settle() override {
    clock_.advance(std::chrono::hours(3));
    const auto parts_before = store_->metrics().parts.value();
    const auto done = store_->maintain({});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(parts_before <= 8 || store_->metrics().parts.value() < parts_before);
  }
  void reopen() override {
    store_.reset();
    auto opened = backends::Embedded::create(files_, clock_, "data/parts", {});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

 private:
  io::MemoryFileSystem files_;
  ManualClock clock_{Timestamp{1'700'003'000'000'000'000}};
  std::unique_ptr<backends::Embedded> store_;
};

struct Kind {
  std::string name;
  std::function<std::unique_ptr<Subject>()> make;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

// Everything that was sent.
using Model = std::map<TraceId, Trace>;

void add_to(Model& model, const Trace& trace) {
  SpanSet set;
  auto& known = model[trace.id];
  set.spans = known.spans;
  set.owners = known.owners;
  set.append({trace.owners, trace.spans});
  known = assemble(trace.id, std::move(set));
}

std::vector<query::Place> expected_places(const Model& model, const query::TraceQuery& query) {
  std::vector<query::Place> places;
  for (const auto& [id, trace] : model) {
    std::optional<Timestamp> newest;
    for (const auto& span : trace.spans) {
      if (!query.range.contains(span.start) || !filter::matches(query.filter, span)) continue;
      newest = std::max(newest.value_or(span.start), span.start);
    }
    if (newest) places.push_back({*newest, id});
  }
  std::sort(places.begin(), places.end(), std::greater<>());
  return places;
}

// All pages, one after the other.
std::vector<query::Place> asked_places(const query::TraceReader& reader, query::TraceQuery query) {
  std::vector<query::Place> places;
  for (;;) {
    const auto page = reader.candidates(query, Deadline::never());
    EXPECT_TRUE(page);
    if (!page) return places;
    EXPECT_TRUE(page->scan.complete);
    EXPECT_LE(page->places.size(), query.limit);
    places.insert(places.end(), page->places.begin(), page->places.end());
    if (page->exhausted) return places;
    EXPECT_FALSE(page->places.empty());
    if (page->places.empty()) return places;
    query.after = page->places.back();
  }
}

class BackendContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { subject_ = GetParam().make(); }

  void write(std::vector<Trace> traces) {
    std::vector<pipeline::SealedTrace> sealed;
    for (auto& trace : traces) {
      add_to(model_, trace);
      sealed.push_back({std::move(trace), ++sequence_});
    }
    const auto written = subject_->writer().write(sealed);
    ASSERT_TRUE(written) << written.error().message;
    for (const auto& trace : sealed) {
      EXPECT_TRUE(*subject_->writer().stored(trace.trace.id, trace.through));
      EXPECT_FALSE(*subject_->writer().stored(trace.trace.id, sequence_ + 1));
    }
    EXPECT_EQ(subject_->writer().stored_through(), sequence_);
  }

  void expect_all_found() const {
    for (const auto& [id, trace] : model_) {
      auto found = subject_->reader().find(id, Deadline::never());
      ASSERT_TRUE(found);
      EXPECT_TRUE(found->scan.complete);
      const Trace back = assemble(id, std::move(found->set));
      ASSERT_EQ(back.spans.size(), trace.spans.size());
      EXPECT_EQ(back.parents, trace.parents);
      for (std::size_t row = 0; row < back.spans.size(); ++row) {
        ASSERT_TRUE(equal(back.spans[row], trace.spans[row]));
      }
    }
    const auto missing = subject_->reader().find(TraceId{1, 1}, Deadline::never());
    ASSERT_TRUE(missing);
    EXPECT_TRUE(missing->set.spans.empty());
  }

  void expect_places(const std::string& text) const {
    SCOPED_TRACE(text);
    query::TraceQuery query;
    query.filter = std::get<filter::SpanFilter>(filter::parse(text));
    const Timestamp middle{1'700'002'000'000'000'000};
    for (const auto limit : {std::size_t{7}, std::size_t{1000}}) {
      query.limit = limit;
      for (const auto range : {query::TimeRange{}, query::TimeRange{middle, middle + std::chrono::minutes(20)}}) {
        query.range = range;
        EXPECT_EQ(asked_places(subject_->reader(), query), expected_places(model_, query));
      }
    }
  }

  void expect_everything() const {
    expect_all_found();
    for (const auto* text :
         {"", "service=service1", "operation=operation3 kind=server", "status=error", "duration>300ms", "key0=v1",
          "resource.key0=v1", "span.key1>450", "event=event2", "has(rare7)", "!has(key2)", "key2=nowhere",
          "scope.name=scope1 key3!=0.5", "service!=service1 key0=~\"v[01]\""}) {
      expect_places(text);
    }
  }

  std::unique_ptr<Subject> subject_;
  Model model_;
  std::uint64_t sequence_ = 0;
};

TEST_P(BackendContract, AnswersAsIfEverySpanWereLookedAt) {
  for (const std::uint64_t seed : {1U, 2U}) {
    SCOPED_TRACE(seed);
    SetUp();
    model_.clear();
    sequence_ = 0;
    test::RandomTraces source(seed, {.hostile = seed == 1 ? 0.02 : 0.2, .spread = std::chrono::minutes(110)});
    std::vector<Trace> sent;
    for (int round = 0; round < 12; ++round) {
      std::vector<Trace> traces;
      for (int i = 0; i < 12; ++i) traces.push_back(source.next());
      if (!sent.empty()) {
        const Trace& known = sent[source.random().below(sent.size())];
        traces.push_back(source.next(known.id));                     // late spans
        traces.push_back(sent[source.random().below(sent.size())]);  // a retry
      }
      sent.insert(sent.end(), traces.begin(), traces.end());
      write(std::move(traces));
    }
    expect_everything();
    subject_->reopen();
    expect_everything();
    subject_->settle();
    expect_everything();
    subject_->reopen();
    expect_everything();
    EXPECT_EQ(subject_->writer().stored_through(), sequence_);
  }
}

// Facets by what distinguishes them.
using Counts = std::map<std::tuple<std::string, SpanKind, filter::Level, ValueType>, std::uint64_t>;

Counts counts_of(const query::TraceReader& reader, const query::FacetQuery& query) {
  const auto page = reader.facets(query, Deadline::never());
  EXPECT_TRUE(page);
  EXPECT_TRUE(page->scan.complete);
  Counts counts;
  for (const auto& facet : page->facets) counts[{facet.name, facet.kind, facet.level, facet.type}] = facet.spans;
  EXPECT_EQ(counts.size(), page->facets.size());
  return counts;
}

TEST_P(BackendContract, FacetsNameEverythingThatOccurs) {
  test::RandomTraces source(5, {.hostile = 0.1, .spread = std::chrono::minutes(110)});
  test::VectorReader oracle;  // counts by itself
  for (int round = 0; round < 6; ++round) {
    std::vector<Trace> traces;
    for (int i = 0; i < 15; ++i) traces.push_back(source.next());
    for (const auto& trace : traces) {
      for (const auto& span : trace.spans) oracle.add(span);
    }
    write(std::move(traces));
  }
  for (int stage = 0; stage < 2; ++stage) {
    for (const auto* service : {"", "service2", "nobody"}) {
      for (const auto* prefix : {"", "key", "operation1"}) {
        for (const auto kind :
             {query::FacetKind::service, query::FacetKind::operation, query::FacetKind::attribute_key}) {
          query::FacetQuery query;
          query.kind = kind;
          query.service = service;
          query.prefix = prefix;
          query.limit = 100'000;
          EXPECT_EQ(counts_of(subject_->reader(), query), counts_of(oracle, query)) << service << " " << prefix;
        }
      }
      for (const auto level :
           {filter::Level::any, filter::Level::span, filter::Level::resource, filter::Level::event}) {
        for (const auto* key : {"key0", "key1", "key2", "rare7"}) {
          query::FacetQuery query;
          query.kind = query::FacetKind::attribute_value;
          query.service = service;
          query.level = level;
          query.key = key;
          query.limit = 100'000;
          const Counts got = counts_of(subject_->reader(), query);
          const Counts wanted = counts_of(oracle, query);
          ASSERT_EQ(got.size(), wanted.size()) << key;
          for (const auto& [name, spans] : wanted) {
            // A span that has a value twice may count twice.
            ASSERT_TRUE(got.contains(name));
            EXPECT_GE(got.at(name), spans);
          }
        }
      }
    }
    subject_->settle();
  }
  query::FacetQuery query;
  query.kind = query::FacetKind::operation;
  query.limit = 3;
  const auto few = subject_->reader().facets(query, Deadline::never());
  ASSERT_TRUE(few);
  EXPECT_EQ(few->facets.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Backends, BackendContract,
                         ::testing::Values(Kind{"memory", [] { return std::make_unique<MemorySubject>(); }},
                                           Kind{"embedded", [] { return std::make_unique<EmbeddedSubject>(); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace filo
