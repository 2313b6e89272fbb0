// QueryWorkers: threads that answer questions, so that I/O threads never wait for a disk. Owned by the app and stopped
// after the server. Thread-safe. Bounded: a fixed number of threads and of waiting jobs; more are refused and counted.
#pragma once

#include <memory>
#include <vector>

#include "base/unique_function.h"
#include "concurrency/bounded_queue.h"
#include "concurrency/worker.h"
#include "telemetry/metrics.h"

namespace filo::api {

struct QueryWorkersConfig {
  unsigned threads = 4;
  std::size_t waiting_max = 256;
};

struct QueryWorkersMetrics {
  telemetry::Counter jobs;
  telemetry::Counter jobs_refused;
  telemetry::Gauge jobs_running;
};
void describe(const QueryWorkersMetrics& metrics, telemetry::MetricWriter& writer);

class QueryWorkers {
 public:
  using Job = UniqueFunction<void()>;

  explicit QueryWorkers(const QueryWorkersConfig& config);
  ~QueryWorkers() { stop(); }

  // False when too many wait or after stop(); the job is then still the caller's.
  [[nodiscard]] bool try_run(Job&& job);
  // Jobs that wait are run, those that come are refused.
  void stop();
  const QueryWorkersMetrics& metrics() const { return metrics_; }

 private:
  void serve();

  QueryWorkersMetrics metrics_;
  BoundedQueue<Job> waiting_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace filo::api
