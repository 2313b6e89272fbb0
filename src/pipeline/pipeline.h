// Pipeline: what lies between a receiver and the store. A batch is made durable by the journal, split by trace among
// the shards, answered, and written as whole traces when its window lets go of it.
//
// Life: create, replay() for each record that the journal gives back, start(), offer() from any thread, stop().
#pragma once

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "concurrency/gate.h"
#include "journal/journal.h"
#include "pipeline/ledger.h"
#include "pipeline/metrics.h"
#include "pipeline/sealer.h"
#include "pipeline/shard.h"
#include "pipeline/span_sink.h"
#include "pipeline/trace_writer.h"

namespace filo::pipeline {

struct PipelineConfig {
  unsigned shards = 1;
  Duration idle = std::chrono::seconds(5);
  Duration age_max = std::chrono::seconds(60);
  Duration seal_interval = std::chrono::seconds(2);
  // Of all windows and of what waits before them. At half of it traces leave early; over it spans are refused.
  std::size_t window_bytes_max = 512U << 20;
};

class Pipeline final : public SpanSink {
 public:
  Pipeline(const PipelineConfig& config, TraceWriter& writer, const Clock& clock);
  ~Pipeline() override;

  // Puts back what the record holds and the store does not. Before start(), in order of sequence. Writes traces out
  // when memory is short; fails when that fails.
  Result<void> replay(Sequence sequence, std::string_view otlp);
  void start(journal::Journal& journal);

  Result<void> offer(SpanBatch batch, Ack ack) override;

  // Refuses new spans, waits for those on their way through the journal, and writes every trace, until the deadline.
  // What is left then stays in the journal for the next start. Close the journal afterwards.
  void stop(Deadline deadline);

  std::size_t window_bytes() const;
  std::size_t window_spans() const;
  const std::vector<std::unique_ptr<Shard>>& shards() const { return shards_; }
  const PipelineMetrics& metrics() const { return metrics_; }

 private:
  Result<void> admit(SpanBatch batch, Ack ack);
  void committed(Sequence sequence, SpanBatch batch, Ack ack);
  // Takes out of a replayed batch the spans that the store has.
  Result<void> drop_stored(Sequence sequence, SpanBatch& batch);
  std::size_t shard_of(TraceId id) const { return id.hash() % shards_.size(); }
  // The batch as one part for each shard that has spans of it.
  std::vector<std::shared_ptr<const SpanBatch>> split(SpanBatch batch) const;
  void release();

  const PipelineConfig config_;
  TraceWriter& writer_;
  const Clock& clock_;
  PipelineMetrics metrics_;
  Ledger ledger_;
  Sealer sealer_;
  std::vector<std::unique_ptr<Shard>> shards_;
  journal::Journal* journal_ = nullptr;
  std::atomic<bool> accepting_{false};
  Gate in_flight_;  // batches that the journal has not answered for
};

void describe(const Pipeline& pipeline, telemetry::MetricWriter& writer);

}  // namespace filo::pipeline
