// Sealer: the thread that writes what leaves the windows, and tries again until the back end takes it; meanwhile the
// journal keeps everything and the window goes on showing it.
#pragma once

#include <condition_variable>
#include <optional>

#include "base/clock.h"
#include "concurrency/bounded_queue.h"
#include "concurrency/worker.h"
#include "pipeline/metrics.h"
#include "pipeline/shard.h"
#include "pipeline/trace_writer.h"

namespace filo::pipeline {

class Sealer {
 public:
  Sealer(TraceWriter& writer, const Clock& clock, PipelineMetrics& metrics, std::size_t groups_max);

  void start();
  // False when closed.
  bool offer(Shard& shard, SealGroup&& group);
  // Writes what is queued, gives up on a failing back end, ends the thread.
  void drain();

  // One attempt, on the caller's thread: for replay and shutdown. On success the window forgets the group.
  Result<void> write(window::Window& window, const SealGroup& group);

 private:
  struct Job {
    Shard* shard;
    SealGroup group;
  };
  void run(const std::stop_token& stop);
  void write_until_done(Job& job, const std::stop_token& stop);

  TraceWriter& writer_;
  const Clock& clock_;
  PipelineMetrics& metrics_;
  BoundedQueue<Job> queue_;
  Mutex wait_mutex_;
  std::condition_variable_any wait_;
  std::optional<Worker> worker_;
};

}  // namespace filo::pipeline
