// Stack: the whole server but its sockets, on any file system: pipeline, journal, window, embedded store, engine. For
// tests that stop, crash and restart it.
#pragma once

#include <future>
#include <memory>
#include <vector>

#include "backends/embedded/embedded.h"
#include "journal/journal.h"
#include "pipeline/live_reader.h"
#include "pipeline/pipeline.h"
#include "query/engine.h"

namespace filo::test {

struct StackConfig {
  pipeline::PipelineConfig pipeline;
  journal::JournalConfig journal;
  backends::EmbeddedConfig store;
};

class Stack {
 public:
  // An error when the disk does not let it open.
  static Result<std::unique_ptr<Stack>> open(const StackConfig& config, io::FileSystem& files, const Clock& clock) {
    std::unique_ptr<Stack> stack(new Stack());
    auto store = backends::Embedded::create(files, clock, "data/parts", config.store);
    if (!store) return store.error();
    stack->store_ = std::move(*store);
    stack->pipeline_ = std::make_unique<pipeline::Pipeline>(config.pipeline, *stack->store_, clock);
    journal::JournalConfig journal_config = config.journal;
    journal_config.log.sequence_min = stack->store_->stored_through() + 1;
    Result<void> replayed;
    auto journal = journal::Journal::open(files, "data/journal", journal_config, clock,
                                          [&](journal::Sequence sequence, std::string_view payload) {
                                            if (replayed) replayed = stack->pipeline_->replay(sequence, payload);
                                          });
    if (!journal) return journal.error();
    if (!replayed) return replayed.error();
    stack->journal_ = std::move(*journal);
    stack->live_ = std::make_unique<pipeline::LiveReader>(stack->pipeline_->shards());
    stack->engine_ = std::make_unique<query::Engine>(
        std::vector<query::NamedReader>{{"window", stack->live_.get()}, {"store", stack->store_.get()}}, clock,
        query::EngineConfig{});
    stack->pipeline_->start(*stack->journal_);
    return stack;
  }

  // Waits for the answer: durable and visible, or not.
  Result<void> send(std::span<const Span> spans) {
    SpanBatch batch;
    SpanCopier copier(batch);
    for (const auto& span : spans) copier.copy(span);
    std::promise<Result<void>> answer;
    auto future = answer.get_future();
    auto taken =
        pipeline_->offer(std::move(batch), [&answer](Result<void> result) { answer.set_value(std::move(result)); });
    return taken ? future.get() : taken;
  }

  void stop(Deadline deadline) {
    pipeline_->stop(deadline);
    journal_->close();
  }

  const query::Engine& engine() const { return *engine_; }
  pipeline::Pipeline& pipeline() { return *pipeline_; }
  backends::Embedded& store() { return *store_; }

 private:
  Stack() = default;

  std::unique_ptr<backends::Embedded> store_;
  std::unique_ptr<journal::Journal> journal_;  // outlives the pipeline, which waits for its answers
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::unique_ptr<pipeline::LiveReader> live_;
  std::unique_ptr<query::Engine> engine_;
};

}  // namespace filo::test
