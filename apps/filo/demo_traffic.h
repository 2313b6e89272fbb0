// DemoTraffic: sends the demo shop's spans to this very process, and a quarter of an hour of its past at the start, so
// that the first look at the UI finds something. Counted as the receiver "demo". One worker thread; what the pipeline
// refuses is skipped.
#pragma once

#include <optional>

#include "base/clock.h"
#include "concurrency/worker.h"
#include "receivers/intake.h"

namespace filo::app {

class DemoTraffic {
 public:
  // Sends from here on; both outlive it.
  DemoTraffic(pipeline::SpanSink& sink, const Clock& clock);

  // Safe to call twice.
  void stop() { worker_->stop(); }
  void describe(telemetry::MetricWriter& writer) const;

 private:
  void run(const std::stop_token& stop);

  const Clock& clock_;
  receivers::Intake intake_;
  std::optional<Worker> worker_;  // last: it uses the others
};

}  // namespace filo::app
