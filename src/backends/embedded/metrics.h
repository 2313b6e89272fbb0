// What the embedded store counts of itself.
#pragma once

#include "telemetry/metrics.h"

namespace filo::backends {

struct EmbeddedMetrics {
  telemetry::Counter spans_written;
  telemetry::Counter traces_written;
  telemetry::Counter parts_written;
  telemetry::Counter bytes_written;
  telemetry::Counter writes_failed;
  telemetry::Counter pages_scanned;
  telemetry::Counter bytes_scanned;
  telemetry::Counter chunks_damaged;  // reads that met one
  telemetry::Counter parts_quarantined;
  telemetry::Counter compactions;
  telemetry::Counter compactions_failed;
  telemetry::Counter parts_compacted;
  telemetry::Counter duplicates_dropped;
  telemetry::Counter parts_expired_by_age;
  telemetry::Counter parts_expired_by_space;
  telemetry::Counter removals_failed;
  telemetry::Gauge parts;
  telemetry::Gauge bytes;
  telemetry::Gauge spans;
  telemetry::Gauge pieces;
  telemetry::Gauge resident_bytes;    // what readers keep of parts between questions
  telemetry::Gauge parts_unreadable;  // quarantined, of a newer format, or refused by the operating system
  telemetry::Histogram write_duration;
  telemetry::Histogram compaction_duration;
};

void describe(const EmbeddedMetrics& metrics, telemetry::MetricWriter& out);

}  // namespace filo::backends
