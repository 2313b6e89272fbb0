// Sends a workload over several connections, flat out or at a rate, and counts what comes back. At a rate the clock
// decides when a batch is due, not the peer: a slow answer makes the batches behind it late, and their lateness counts
// (no coordinated omission).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "concurrency/worker.h"
#include "loadgen_report.h"
#include "loadgen_sender.h"
#include "workload/shipment.h"

namespace filo::app {

enum class Persistence : std::uint8_t {
  once,         // a batch is sent once, whatever comes back
  until_answer  // again and again until it is answered or refused for good
};

struct LoadSettings {
  Target target;
  workload::Settings workload;
  workload::Mishaps mishaps;
  Duration late_by = std::chrono::seconds(15);  // after the trace's other spans
  std::size_t batch_spans = 512;
  unsigned connections = 4;
  double spans_per_second = 0;       // 0: flat out
  std::optional<Duration> duration;  // no group of traces begins after it
  std::uint64_t traces_max = 0;      // 0: no limit
  Persistence persistence = Persistence::once;
  Duration give_up_after = std::chrono::minutes(10);  // on one batch
};

// Blocks until everything is sent or `stop_requested` turns true; a progress line a second goes to stderr.
LoadResult run_load(const LoadSettings& settings, const workload::Workload& workload, const Clock& clock,
                    const std::atomic<bool>& stop_requested);

}  // namespace filo::app
