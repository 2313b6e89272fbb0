// Shard: a window, the queue in front of it, and the thread that owns both. A trace's spans always meet in one shard.
//
// The shard thread inserts what arrives and picks what is due to leave; the sealer thread, shared by all shards, writes
// it. A shard has at most one group on its way to the sealer, so memory that waits to be written is bounded.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "concurrency/bounded_queue.h"
#include "concurrency/worker.h"
#include "pipeline/metrics.h"
#include "pipeline/span_sink.h"
#include "pipeline/trace_writer.h"
#include "window/window.h"

namespace filo::pipeline {

struct ShardConfig {
  window::Limits window;
  Duration seal_interval = std::chrono::seconds(2);  // traces that are due wait at most so long for company
  std::size_t spans_per_group = 131'072;             // a group larger than this is written in several
  std::size_t arrivals_max = 65'536;                 // queue length in batches; admission keeps below it
};

// Runs its acknowledgement when the last of its holders is gone: every shard has inserted its rows.
class PendingAck {
 public:
  explicit PendingAck(Ack ack) : ack_(std::move(ack)) {}
  ~PendingAck() { ack_({}); }
  PendingAck(const PendingAck&) = delete;
  PendingAck& operator=(const PendingAck&) = delete;

 private:
  Ack ack_;
};

struct Arrival {
  std::shared_ptr<const SpanBatch> batch;
  Sequence sequence = 0;
  std::shared_ptr<PendingAck> ack;
};

// Traces that leave together, assembled, with what must be forgotten once they are written.
struct SealGroup {
  std::vector<window::Leaving> leaving;
  std::vector<SealedTrace> traces;
  std::size_t spans = 0;
  std::size_t duplicates = 0;
};

// Takes everything that is due, up to about `spans_max`, and assembles it.
SealGroup seal(window::Window& window, Duration steady_now, window::Window::Due due, std::size_t spans_max);

class Shard {
 public:
  using Handover = std::function<bool(Shard&, SealGroup&&)>;  // false: the sealer is closed

  Shard(unsigned number, const ShardConfig& config, const Clock& clock, PipelineMetrics& metrics,
        std::function<void(Sequence)> released, Handover handover);

  window::Window& window() { return window_; }
  const window::Window& window() const { return window_; }

  void start();
  [[nodiscard]] bool offer(Arrival arrival) { return queue_.try_push(std::move(arrival)); }
  // The sealer is done with the group that this shard handed over: it is stored, or given up because we are stopping.
  enum class Outcome { stored, given_up };
  void sealed(Outcome outcome) {
    if (outcome == Outcome::given_up) has_given_up_.store(true);
    group_in_flight_.store(false);
  }
  // Then nothing more of this shard may be written: a later piece of a trace vouches for the earlier ones (`through`),
  // and replay would skip what was given up.
  bool has_given_up() const { return has_given_up_.load(); }
  // Inserts what was offered, then ends the thread.
  void drain();

 private:
  void run(const std::stop_token& stop);
  void insert(std::vector<Arrival> arrivals);
  void seal_what_is_due();

  const unsigned number_;
  const ShardConfig config_;
  const Clock& clock_;
  PipelineMetrics& metrics_;
  const Handover handover_;
  window::Window window_;
  BoundedQueue<Arrival> queue_;
  std::atomic<bool> group_in_flight_{false};
  std::atomic<bool> has_given_up_{false};
  Duration last_seal_{};
  std::optional<Worker> worker_;  // last: its thread uses everything above
};

}  // namespace filo::pipeline
