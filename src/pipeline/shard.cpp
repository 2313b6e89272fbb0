#include "pipeline/shard.h"

#include <string>

#include "base/check.h"

namespace filo::pipeline {
namespace {

// How soon the shard notices that a trace is due, and the longest that it sleeps.
constexpr Duration tick = std::chrono::milliseconds(100);

}  // namespace

SealGroup seal(window::Window& window, Duration steady_now, window::Window::Due due, std::size_t spans_max) {
  SealGroup group;
  while (group.spans + group.duplicates < spans_max) {
    window::Leaving leaving = window.take(steady_now, due);
    if (leaving.empty()) break;
    for (const auto& chain : leaving.traces) {
      Trace trace = assemble(chain.id, leaving.spans_of(chain));
      group.spans += trace.spans.size();
      group.duplicates += trace.duplicates;
      group.traces.push_back({std::move(trace), leaving.through});
    }
    group.leaving.push_back(std::move(leaving));
  }
  return group;
}

Shard::Shard(unsigned number, const ShardConfig& config, const Clock& clock, PipelineMetrics& metrics,
             std::function<void(Sequence)> released, Handover handover)
    : number_(number),
      config_(config),
      clock_(clock),
      metrics_(metrics),
      handover_(std::move(handover)),
      window_(config.window, std::move(released)),
      queue_(config.arrivals_max) {}

void Shard::start() {
  last_seal_ = clock_.steady_now();
  worker_.emplace("shard-" + std::to_string(number_), [this](std::stop_token stop) { run(stop); });
}

void Shard::drain() {
  queue_.close();
  if (worker_) worker_->stop();
}

void Shard::run(const std::stop_token& stop) {
  while (!stop.stop_requested() || !queue_.closed_and_empty()) {
    insert(queue_.pop_all(tick));
    if (!stop.stop_requested()) seal_what_is_due();
  }
}

void Shard::insert(std::vector<Arrival> arrivals) {
  const Duration now = clock_.steady_now();
  for (auto& arrival : arrivals) {
    const auto spans = static_cast<std::int64_t>(arrival.batch->spans.size());
    const auto bytes = static_cast<std::int64_t>(arrival.batch->bytes());
    window_.insert(std::move(arrival.batch), arrival.sequence, now);
    metrics_.queued_spans.add(-spans);
    metrics_.queued_bytes.add(-bytes);
    arrival.ack.reset();
  }
}

void Shard::seal_what_is_due() {
  if (group_in_flight_.load()) return;
  const Duration now = clock_.steady_now();
  // A quarter over what the window is brought down to: parts that are worth their file, not one for every request.
  const bool is_memory_short = window_.bytes_staying() > config_.window.bytes_soft + config_.window.bytes_soft / 4;
  if (!is_memory_short && now - last_seal_ < config_.seal_interval) return;
  last_seal_ = now;
  SealGroup group = seal(window_, now, window::Window::Due::limits, config_.spans_per_group);
  if (group.traces.empty()) return;
  group_in_flight_.store(true);
  // A closed sealer means that we are stopping; the group is in the journal.
  if (!handover_(*this, std::move(group))) sealed(Outcome::given_up);
}

}  // namespace filo::pipeline
