#include "pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <set>

#include "base/random.h"
#include "io/memory_file_system.h"
#include "pipeline/live_reader.h"
#include "telemetry/log.h"

namespace filo::pipeline {
namespace {

using namespace std::chrono_literals;

struct Id {
  std::uint64_t trace;
  std::uint64_t span;
  auto operator<=>(const Id&) const = default;
};

SpanBatch batch_of(const std::vector<Id>& ids) {
  SpanBatch batch;
  auto& resource = batch.arena.array<Resource>(1).front();
  resource.finish();
  auto& scope = batch.arena.array<Scope>(1).front();
  for (const Id& id : ids) {
    Span span;
    span.trace_id = TraceId{1, id.trace};
    span.id = SpanId{id.span};
    span.name = "op";
    span.start = Timestamp{1000};
    span.end = Timestamp{2000};
    span.resource = &resource;
    span.scope = &scope;
    batch.spans.push_back(span);
  }
  return batch;
}

// A store that survives the pipeline, remembers what it was given, and fails when told to.
class RecordingWriter final : public TraceWriter {
 public:
  Result<void> write(std::span<const SealedTrace> traces) override {
    const MutexLock lock(mutex_);
    if (is_failing_ || failures_left_ > 0) {
      if (failures_left_ > 0) --failures_left_;
      return Error{ErrorCode::disk_full, "told to fail"};
    }
    for (const auto& sealed : traces) {
      through_[sealed.trace.id] = std::max(through_[sealed.trace.id], sealed.through);
      for (const auto& span : sealed.trace.spans) written_.push_back({sealed.trace.id.low, span.id.value});
    }
    return {};
  }
  Result<bool> stored(TraceId id, Sequence sequence) const override {
    const MutexLock lock(mutex_);
    const auto found = through_.find(id);
    return found != through_.end() && found->second >= sequence;
  }
  Sequence stored_through() const override {
    const MutexLock lock(mutex_);
    Sequence most = 0;
    for (const auto& [id, through] : through_) most = std::max(most, through);
    return most;
  }
  void set_failing(bool failing) {
    const MutexLock lock(mutex_);
    is_failing_ = failing;
  }
  // So many writes fail from now on, then they succeed.
  void fail_next(int writes) {
    const MutexLock lock(mutex_);
    is_failing_ = false;
    failures_left_ = writes;
  }
  std::vector<Id> written() const {
    const MutexLock lock(mutex_);
    return written_;
  }

 private:
  mutable Mutex mutex_;
  std::map<TraceId, Sequence> through_ GUARDED_BY(mutex_);
  std::vector<Id> written_ GUARDED_BY(mutex_);
  bool is_failing_ GUARDED_BY(mutex_) = false;
  int failures_left_ GUARDED_BY(mutex_) = 0;
};

PipelineConfig quick_config(unsigned shards) {
  PipelineConfig config;
  config.shards = shards;
  config.idle = 20ms;
  config.age_max = 100ms;
  config.seal_interval = 10ms;
  return config;
}

// A pipeline with its journal on a disk in memory.
class Server {
 public:
  Server(const PipelineConfig& config, RecordingWriter& writer, io::FileSystem& files, const Clock& clock) {
    pipeline_ = std::make_unique<Pipeline>(config, writer, clock);
    Result<void> replayed;
    auto journal =
        journal::Journal::open(files, "journal", {}, clock, [&](Sequence sequence, std::string_view payload) {
          if (replayed) replayed = pipeline_->replay(sequence, payload);
        });
    if (!journal) ADD_FAILURE() << journal.error().message;
    CHECK(journal.has_value());
    CHECK(replayed.has_value());
    journal_ = std::move(*journal);
    pipeline_->start(*journal_);
  }

  Result<void> send(const std::vector<Id>& ids) {
    std::promise<Result<void>> answer;
    auto future = answer.get_future();
    auto taken =
        pipeline_->offer(batch_of(ids), [&answer](Result<void> result) { answer.set_value(std::move(result)); });
    if (!taken) return taken;
    return future.get();
  }

  void stop(Deadline deadline) {
    pipeline_->stop(deadline);
    journal_->close();
  }

  Pipeline& pipeline() { return *pipeline_; }
  journal::Journal& journal() { return *journal_; }

 private:
  std::unique_ptr<journal::Journal> journal_;  // outlives the pipeline
  std::unique_ptr<Pipeline> pipeline_;
};

template <typename Condition>
bool eventually(const Clock& clock, Condition condition) {
  const Deadline deadline = Deadline::after(clock, 20s);
  while (!condition()) {
    if (deadline.expired()) return false;
    std::this_thread::yield();
  }
  return true;
}

class PipelineTest : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override { log::set_level(log::Level::error); }

  SystemClock clock_;
  io::MemoryFileSystem files_;
  RecordingWriter writer_;
};

TEST_P(PipelineTest, WhatWasAnsweredCanBeFoundAtOnceAndIsWrittenOnce) {
  Server server(quick_config(GetParam()), writer_, files_, clock_);
  const LiveReader reader(server.pipeline().shards());
  std::set<Id> sent;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::vector<Id> ids = {{i % 37, 2 * i + 1}, {i % 11, 2 * i + 2}};
    ASSERT_TRUE(server.send(ids).has_value());
    for (const Id& id : ids) {
      const auto found = reader.find(TraceId{1, id.trace}, Deadline::never());
      const auto written = writer_.written();
      const bool is_live = std::any_of(found->set.spans.begin(), found->set.spans.end(),
                                       [&](const Span& span) { return span.id.value == id.span; });
      EXPECT_TRUE(is_live || std::find(written.begin(), written.end(), id) != written.end());
      sent.insert(id);
    }
  }
  EXPECT_TRUE(eventually(clock_, [&] { return server.pipeline().window_spans() == 0; }));
  const auto written = writer_.written();
  EXPECT_EQ(written.size(), sent.size());
  EXPECT_EQ(std::set<Id>(written.begin(), written.end()), sent);
  EXPECT_EQ(server.pipeline().metrics().stored_spans.value(), sent.size());
  EXPECT_EQ(server.pipeline().metrics().queued_bytes.value(), 0);
  EXPECT_EQ(server.pipeline().metrics().queued_spans.value(), 0);
  server.stop(Deadline::never());
}

TEST_P(PipelineTest, StoppingWritesEverything) {
  PipelineConfig config = quick_config(GetParam());
  config.idle = 1h;
  config.age_max = 1h;
  Server server(config, writer_, files_, clock_);
  for (std::uint64_t i = 1; i <= 50; ++i) ASSERT_TRUE(server.send({{i, i}, {i + 1, i + 100}}).has_value());
  EXPECT_TRUE(writer_.written().empty());
  server.stop(Deadline::never());
  EXPECT_EQ(writer_.written().size(), 100U);
  EXPECT_EQ(server.send({{1, 1}}).error().code, ErrorCode::unavailable);
}

TEST_P(PipelineTest, ADeadStoreStopsNobodyUntilTheWindowIsFull) {
  PipelineConfig config = quick_config(GetParam());
  config.window_bytes_max = 200'000;
  Server server(config, writer_, files_, clock_);
  writer_.set_failing(true);
  std::uint64_t answered = 0;
  Result<void> last;
  for (std::uint64_t i = 1; i <= 2000 && last; ++i) {
    last = server.send({{i, i}});
    if (last) answered = i;
  }
  ASSERT_FALSE(last.has_value());
  EXPECT_EQ(last.error().code, ErrorCode::overloaded);
  EXPECT_GT(answered, 10U);
  EXPECT_GT(server.pipeline().metrics().refused_window_full.value(), 0U);
  writer_.set_failing(false);
  EXPECT_TRUE(eventually(clock_, [&] { return server.pipeline().window_spans() == 0; }));
  EXPECT_TRUE(server.send({{9999, 9999}}).has_value());
  server.stop(Deadline::never());
  EXPECT_EQ(writer_.written().size(), answered + 1);
}

TEST_P(PipelineTest, APowerCutLosesAndDoublesNothingThatWasAnswered) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    io::MemoryFileSystem files;
    RecordingWriter writer;
    std::set<Id> answered;
    std::uint64_t next = 1;
    for (int life = 0; life < 3; ++life) {
      PipelineConfig config = quick_config(1 + static_cast<unsigned>((seed + static_cast<std::uint64_t>(life)) % 3));
      config.idle = std::chrono::milliseconds(random.below(4));
      config.seal_interval = 1ms;
      Server server(config, writer, files, clock_);
      for (std::uint64_t i = 0, n = random.below(60); i < n; ++i) {
        std::vector<Id> ids;
        for (std::uint64_t k = 0, spans = 1 + random.below(5); k < spans; ++k)
          ids.push_back({random.below(30), next++});
        ASSERT_TRUE(server.send(ids).has_value());
        answered.insert(ids.begin(), ids.end());
      }
      writer.set_failing(true);  // nothing more reaches the store in this life
      files.power_cut(random);
      server.stop(Deadline::after(clock_, 0s));
      writer.set_failing(false);
    }
    Server last(quick_config(GetParam()), writer, files, clock_);
    last.stop(Deadline::never());
    const auto written = writer.written();
    EXPECT_EQ(std::set<Id>(written.begin(), written.end()), answered) << "seed " << seed;
    EXPECT_EQ(written.size(), answered.size()) << "seed " << seed << ": doubled";
  }
}

TEST_P(PipelineTest, APieceThatWasGivenUpIsNotVouchedForByALaterOne) {
  {
    Server server(quick_config(GetParam()), writer_, files_, clock_);
    writer_.set_failing(true);
    ASSERT_TRUE(server.send({{7, 1}}).has_value());
    // Wait until the first piece is on its way and failing; then a late span of the same trace comes.
    ASSERT_TRUE(eventually(clock_, [&] { return server.pipeline().metrics().write_failures.value() > 0; }));
    ASSERT_TRUE(server.send({{7, 2}}).has_value());
    writer_.fail_next(1);  // the last try of the first piece; what comes after it would succeed
    server.stop(Deadline::never());
  }
  writer_.set_failing(false);
  Server again(quick_config(GetParam()), writer_, files_, clock_);
  again.stop(Deadline::never());
  const auto written = writer_.written();
  EXPECT_EQ(std::set<Id>(written.begin(), written.end()), (std::set<Id>{{7, 1}, {7, 2}}));
}

TEST_P(PipelineTest, TheJournalForgetsWhatIsWritten) {
  {
    Server server(quick_config(GetParam()), writer_, files_, clock_);
    for (std::uint64_t i = 1; i <= 100; ++i) ASSERT_TRUE(server.send({{i, i}}).has_value());
    EXPECT_TRUE(eventually(clock_, [&] { return server.pipeline().window_spans() == 0; }));
    server.stop(Deadline::never());
  }
  Server again(quick_config(GetParam()), writer_, files_, clock_);
  EXPECT_EQ(again.pipeline().metrics().replayed_spans.value(), 0U);
  again.stop(Deadline::never());
  EXPECT_EQ(writer_.written().size(), 100U);
}

INSTANTIATE_TEST_SUITE_P(Shards, PipelineTest, ::testing::Values(1U, 3U));

}  // namespace
}  // namespace filo::pipeline
