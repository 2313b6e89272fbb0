// DemoTraffic: sends the demo shop's spans to this very process, and a quarter of an hour of its past at the start, so
// that the first look at the UI finds something. One worker thread; what the pipeline refuses is skipped.
#pragma once

#include <optional>

#include "base/clock.h"
#include "concurrency/worker.h"
#include "pipeline/span_sink.h"

namespace filo::app {

class DemoTraffic {
 public:
  DemoTraffic(pipeline::SpanSink& sink, const Clock& clock);

 private:
  void run(const std::stop_token& stop);

  pipeline::SpanSink& sink_;
  const Clock& clock_;
  std::optional<Worker> worker_;
};

}  // namespace filo::app
