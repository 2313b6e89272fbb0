#include "api/query_workers.h"

#include <string>

namespace filo::api {

QueryWorkers::QueryWorkers(const QueryWorkersConfig& config) : waiting_(config.waiting_max) {
  for (unsigned i = 0; i < config.threads; ++i) {
    workers_.push_back(
        std::make_unique<Worker>("filo-query-" + std::to_string(i), [this](const std::stop_token&) { serve(); }));
  }
}

void QueryWorkers::serve() {
  while (!waiting_.closed_and_empty()) {
    auto job = waiting_.pop(std::chrono::seconds(1));
    if (!job) continue;
    metrics_.jobs_running.add(1);
    (*job)();
    metrics_.jobs_running.add(-1);
  }
}

bool QueryWorkers::try_run(Job&& job) {
  const bool taken = waiting_.try_push(std::move(job));
  (taken ? metrics_.jobs : metrics_.jobs_refused).add();
  return taken;
}

void QueryWorkers::stop() {
  waiting_.close();
  for (auto& worker : workers_) worker->stop();
}

void describe(const QueryWorkersMetrics& metrics, telemetry::MetricWriter& writer) {
  writer.counter("filo_api_jobs_total", "Questions given to a query worker.", metrics.jobs.value());
  writer.counter("filo_api_jobs_refused_total", "Questions refused because too many were waiting.",
                 metrics.jobs_refused.value());
  writer.gauge("filo_api_jobs_running", "Questions being answered now.",
               static_cast<double>(metrics.jobs_running.value()));
}

}  // namespace filo::api
