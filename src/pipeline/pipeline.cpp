#include "pipeline/pipeline.h"

#include <unordered_map>

#include "base/check.h"
#include "telemetry/log.h"
#include "wire/otlp/otlp.h"

namespace filo::pipeline {
namespace {

// Every queue of arrivals has this length; admission keeps below it, so handing over a durable batch never fails.
constexpr std::size_t batches_in_flight_max = 65'536;

ShardConfig shard_config(const PipelineConfig& config) {
  ShardConfig shard;
  shard.window.idle = config.idle;
  shard.window.age_max = config.age_max;
  shard.window.bytes_soft = config.window_bytes_max / 2 / config.shards;
  shard.seal_interval = config.seal_interval;
  shard.arrivals_max = batches_in_flight_max;
  return shard;
}

Error refused_by(journal::Refusal refusal) {
  switch (refusal) {
    case journal::Refusal::journal_full:
      return {ErrorCode::overloaded, "the journal is full: the store does not take traces as fast as they come"};
    case journal::Refusal::disk_full:
      return {ErrorCode::disk_full, "the disk is full; spans are taken again when there is space"};
    case journal::Refusal::broken:
      return {ErrorCode::unavailable, "the disk does not take writes; it is tried again every second"};
    case journal::Refusal::closed:
      return {ErrorCode::unavailable, "the server is stopping"};
    case journal::Refusal::none:  // it has made room since
    case journal::Refusal::queue_full:
      break;
  }
  return {ErrorCode::overloaded, "more spans wait for the disk than may wait"};
}

}  // namespace

Pipeline::Pipeline(const PipelineConfig& config, TraceWriter& writer, const Clock& clock)
    : config_(config), writer_(writer), clock_(clock), sealer_(writer, clock, metrics_, config.shards) {
  CHECK(config.shards > 0);
  for (unsigned i = 0; i < config.shards; ++i) {
    shards_.push_back(std::make_unique<Shard>(
        i, shard_config(config), clock, metrics_,
        [this](Sequence sequence) {
          ledger_.close(sequence);
          release();
        },
        [this](Shard& shard, SealGroup&& group) { return sealer_.offer(shard, std::move(group)); }));
  }
}

Pipeline::~Pipeline() {
  const Deadline now = Deadline::after(clock_, Duration::zero());
  stop(now);
}

Result<void> Pipeline::replay(Sequence sequence, std::string_view otlp) {
  auto decoded = wire::otlp::decode(std::string(otlp));
  if (!decoded) {
    metrics_.replay_bad_records.add();
    log::error("replay_record_malformed", {{"sequence", sequence}, {"error", decoded.error().message}});
    return {};
  }
  SpanBatch& batch = decoded->batch;
  if (auto dropped = drop_stored(sequence, batch); !dropped) return dropped.error();
  metrics_.replayed_spans.add(batch.spans.size());
  auto parts = split(std::move(batch));
  std::uint32_t holders = 0;
  for (const auto& part : parts) holders += part != nullptr ? 1 : 0;
  ledger_.open(sequence, holders);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == nullptr) continue;
    auto& window = shards_[i]->window();
    window.insert(std::move(parts[i]), sequence, clock_.steady_now());
    while (window.bytes_staying() > config_.window_bytes_max / 2 / config_.shards) {
      const SealGroup group = seal(window, clock_.steady_now(), window::Window::Due::limits, 131'072);
      if (auto written = sealer_.write(window, group); !written) return written.error().with_prefix("replay");
    }
  }
  return {};
}

Result<void> Pipeline::drop_stored(Sequence sequence, SpanBatch& batch) {
  if (sequence > writer_.stored_through()) return {};
  std::unordered_map<TraceId, bool> is_stored;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    const auto [at, is_new] = is_stored.try_emplace(batch.spans[i].trace_id, false);
    if (is_new) {
      const auto stored = writer_.stored(batch.spans[i].trace_id, sequence);
      if (!stored) return stored.error().with_prefix("replay of record " + std::to_string(sequence));
      at->second = *stored;
    }
    if (!at->second) batch.spans[kept++] = batch.spans[i];
  }
  metrics_.replay_skipped_spans.add(batch.spans.size() - kept);
  batch.spans.resize(kept);
  return {};
}

void Pipeline::start(journal::Journal& journal) {
  journal_ = &journal;
  sealer_.start();
  for (const auto& shard : shards_) shard->start();
  release();
  accepting_.store(true);
}

Result<void> Pipeline::offer(SpanBatch batch, Ack ack) {
  if (batch.spans.empty()) {
    ack({});
    return {};
  }
  if (!accepting_.load() || !in_flight_.enter()) return Error{ErrorCode::unavailable, "the server is stopping"};
  auto taken = admit(std::move(batch), std::move(ack));
  if (!taken) in_flight_.leave();
  return taken;
}

Result<void> Pipeline::admit(SpanBatch batch, Ack ack) {
  const std::size_t queued = static_cast<std::size_t>(metrics_.queued_bytes.value());
  const std::size_t used = window_bytes() + queued;
  if ((used > 0 && used + batch.bytes() > config_.window_bytes_max) || in_flight_.inside() > batches_in_flight_max) {
    metrics_.refused_window_full.add();
    return Error{ErrorCode::overloaded,
                 "the window of recent spans is full; they are being written as fast as the store takes them"};
  }
  if (batch.otlp.empty()) batch.otlp = batch.arena.adopt(wire::otlp::encode(batch.spans));

  const std::string_view payload = batch.otlp;
  const auto spans = static_cast<std::int64_t>(batch.spans.size());
  const auto bytes = static_cast<std::int64_t>(batch.bytes());
  metrics_.queued_spans.add(spans);
  metrics_.queued_bytes.add(bytes);
  const bool is_taken = journal_->append(
      payload, [this, batch = std::move(batch), ack = std::move(ack), spans, bytes](Result<Sequence> sequence) mutable {
        if (sequence) {
          committed(*sequence, std::move(batch), std::move(ack));
        } else {
          metrics_.queued_spans.add(-spans);
          metrics_.queued_bytes.add(-bytes);
          ack(sequence.error());
        }
        in_flight_.leave();
      });
  if (!is_taken) {
    metrics_.queued_spans.add(-spans);
    metrics_.queued_bytes.add(-bytes);
    metrics_.refused_journal.add();
    return refused_by(journal_->refusal());
  }
  return {};
}

void Pipeline::committed(Sequence sequence, SpanBatch batch, Ack ack) {
  const auto bytes_before = static_cast<std::int64_t>(batch.bytes());
  auto parts = split(std::move(batch));
  std::uint32_t holders = 0;
  std::int64_t bytes_after = 0;
  for (const auto& part : parts) {
    if (part == nullptr) continue;
    ++holders;
    bytes_after += static_cast<std::int64_t>(part->bytes());
  }
  metrics_.queued_bytes.add(bytes_after - bytes_before);
  ledger_.open(sequence, holders);
  const auto pending = std::make_shared<PendingAck>(std::move(ack));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == nullptr) continue;
    const bool taken = shards_[i]->offer(Arrival{std::move(parts[i]), sequence, pending});
    CHECK(taken);
  }
}

std::vector<std::shared_ptr<const SpanBatch>> Pipeline::split(SpanBatch batch) const {
  std::vector<std::shared_ptr<const SpanBatch>> parts(shards_.size());
  if (batch.spans.empty()) return parts;
  if (shards_.size() == 1) {
    parts[0] = std::make_shared<const SpanBatch>(std::move(batch));
    return parts;
  }
  std::vector<std::shared_ptr<SpanBatch>> building(shards_.size());
  std::vector<std::unique_ptr<SpanCopier>> copiers(shards_.size());
  for (const auto& span : batch.spans) {
    const std::size_t shard = shard_of(span.trace_id);
    if (building[shard] == nullptr) {
      building[shard] = std::make_shared<SpanBatch>();
      copiers[shard] = std::make_unique<SpanCopier>(*building[shard]);
    }
    copiers[shard]->copy(span);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = std::move(building[i]);
  return parts;
}

void Pipeline::release() {
  if (journal_ != nullptr) journal_->release(ledger_.closed_through());
}

void Pipeline::stop(Deadline deadline) {
  accepting_.store(false);
  in_flight_.close();
  for (const auto& shard : shards_) shard->drain();
  sealer_.drain();
  for (const auto& shard : shards_) {
    while (!shard->has_given_up() && !deadline.expired()) {
      const SealGroup group = seal(shard->window(), clock_.steady_now(), window::Window::Due::everything, 131'072);
      if (group.traces.empty()) break;
      if (auto written = sealer_.write(shard->window(), group); !written) {
        log::warning("store_write_failed", {{"error", written.error().message}, {"kept_in", "journal"}});
        break;
      }
    }
  }
}

std::size_t Pipeline::window_bytes() const {
  std::size_t bytes = 0;
  for (const auto& shard : shards_) bytes += shard->window().bytes();
  return bytes;
}

std::size_t Pipeline::window_spans() const {
  std::size_t spans = 0;
  for (const auto& shard : shards_) spans += shard->window().spans();
  return spans;
}

void describe(const Pipeline& pipeline, telemetry::MetricWriter& writer) {
  const PipelineMetrics& m = pipeline.metrics();
  writer.counter("filo_pipeline_replayed_spans_total", "Spans put back into the window from the journal at start.",
                 m.replayed_spans.value());
  writer.counter("filo_pipeline_replay_skipped_spans_total",
                 "Spans found in the journal at start that had been stored before the restart.",
                 m.replay_skipped_spans.value());
  writer.counter("filo_pipeline_replay_bad_records_total", "Journal records that could not be decoded at start.",
                 m.replay_bad_records.value());
  writer.counter("filo_pipeline_stored_spans_total", "Spans written to the store, durable and out of the window.",
                 m.stored_spans.value());
  writer.counter("filo_pipeline_stored_traces_total", "Traces, or late pieces of traces, written to the store.",
                 m.stored_traces.value());
  writer.counter("filo_pipeline_dropped_spans_total", "Spans that were taken and then not kept, by reason.",
                 m.dropped_duplicate_spans.value(), {{"reason", "duplicate"}});
  writer.counter("filo_pipeline_refused_batches_total",
                 "Batches that were not taken, by reason; senders were told to try again.",
                 m.refused_window_full.value(), {{"reason", "window_full"}});
  writer.counter("filo_pipeline_refused_batches_total",
                 "Batches that were not taken, by reason; senders were told to try again.", m.refused_journal.value(),
                 {{"reason", "journal"}});
  writer.counter("filo_pipeline_write_failures_total",
                 "Attempts to write a group of traces that failed and are repeated.", m.write_failures.value());
  writer.gauge("filo_pipeline_queued_spans", "Spans on their way through the journal into the window.",
               static_cast<double>(m.queued_spans.value()));
  writer.gauge("filo_pipeline_queued_bytes", "Memory of spans on their way through the journal into the window.",
               static_cast<double>(m.queued_bytes.value()));
  writer.gauge("filo_window_spans", "Spans in the windows: recent ones, and those that are being written.",
               static_cast<double>(pipeline.window_spans()));
  writer.gauge("filo_window_bytes", "Memory of the windows.", static_cast<double>(pipeline.window_bytes()));
  std::size_t traces = 0;
  for (const auto& shard : pipeline.shards()) traces += shard->window().traces();
  writer.gauge("filo_window_traces", "Traces in the windows.", static_cast<double>(traces));
  writer.histogram("filo_pipeline_write_seconds", "Time to write one group of traces to the store.", m.write_time);
}

}  // namespace filo::pipeline
