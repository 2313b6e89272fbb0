#include "pipeline/sealer.h"

#include <algorithm>
#include <mutex>

#include "telemetry/log.h"

namespace filo::pipeline {
namespace {

constexpr Duration retry_wait_min = std::chrono::milliseconds(200);
constexpr Duration retry_wait_max = std::chrono::seconds(5);

}  // namespace

Sealer::Sealer(TraceWriter& writer, const Clock& clock, PipelineMetrics& metrics, std::size_t groups_max)
    : writer_(writer), clock_(clock), metrics_(metrics), queue_(groups_max) {}

void Sealer::start() {
  worker_.emplace("sealer", [this](std::stop_token stop) { run(stop); });
}

bool Sealer::offer(Shard& shard, SealGroup&& group) { return queue_.try_push(Job{&shard, std::move(group)}); }

void Sealer::drain() {
  queue_.close();
  if (worker_) worker_->stop();
}

void Sealer::run(const std::stop_token& stop) {
  while (!queue_.closed_and_empty()) {
    if (auto job = queue_.pop(std::chrono::seconds(1))) write_until_done(*job, stop);
  }
}

void Sealer::write_until_done(Job& job, const std::stop_token& stop) {
  Duration wait = retry_wait_min;
  for (;;) {
    const Result<void> written = write(job.shard->window(), job.group);
    if (written) return job.shard->sealed(Shard::Outcome::stored);
    if (stop.stop_requested()) return job.shard->sealed(Shard::Outcome::given_up);
    static log::Every every(std::chrono::seconds(10));
    if (every.due(clock_)) log::warning("store_write_failed", {{"error", written.error().message}});
    wait_mutex_.lock();
    (void)wait_.wait_for(wait_mutex_, stop, wait, [] { return false; });
    wait_mutex_.unlock();
    wait = std::min(wait * 2, retry_wait_max);
  }
}

Result<void> Sealer::write(window::Window& window, const SealGroup& group) {
  const Duration begin = clock_.steady_now();
  if (auto written = writer_.write(group.traces); !written) {
    metrics_.write_failures.add();
    return written.error();
  }
  metrics_.write_time.observe(clock_.steady_now() - begin);
  metrics_.stored_spans.add(group.spans);
  metrics_.stored_traces.add(group.traces.size());
  metrics_.dropped_duplicate_spans.add(group.duplicates);
  for (const auto& leaving : group.leaving) window.forget(leaving);
  return {};
}

}  // namespace filo::pipeline
