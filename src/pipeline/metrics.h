// What the pipeline counts. Together with the receivers' counters this is the conservation law, which every end-to-end
// test checks from /metrics alone:
//   received + replayed = rejected + refused + failed + stored + dropped + queued + in the window
#pragma once

#include "telemetry/metrics.h"

namespace filo::pipeline {

struct PipelineMetrics {
  telemetry::Counter replayed_spans;           // put back from the journal at start
  telemetry::Counter replay_skipped_spans;     // found in the journal, but stored before the restart
  telemetry::Counter replay_bad_records;       // could not be decoded; should never happen
  telemetry::Counter stored_spans;             // written, durable, and out of the window
  telemetry::Counter stored_traces;            // pieces of traces, likewise
  telemetry::Counter dropped_duplicate_spans;  // byte for byte repeats within a trace
  telemetry::Counter refused_window_full;      // batches
  telemetry::Counter refused_journal;          // batches
  telemetry::Counter write_failures;           // tried again until they succeed
  telemetry::Gauge queued_spans;               // durable or about to be, not yet in the window
  telemetry::Gauge queued_bytes;
  telemetry::Histogram write_time;  // of one sealed group
};

}  // namespace filo::pipeline
