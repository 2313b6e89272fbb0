// What the journal counts. Owned by the Journal; read by whoever renders /metrics.
#pragma once

#include <array>

#include "telemetry/metrics.h"

namespace filo::journal {

// Why append() said no.
enum class Refusal {
  none,
  queue_full,    // too many bytes wait for the disk
  journal_full,  // too little was released
  disk_full,     // less than the reserve is free
  broken,        // the disk failed; it is tried again by itself
  closed,
};
constexpr std::size_t refusals = 6;
std::string_view name_of(Refusal refusal);

struct Metrics {
  telemetry::Counter appended_records;
  telemetry::Counter appended_bytes;
  telemetry::Counter failed_records;
  telemetry::Counter commits;
  telemetry::Counter commit_failures;
  telemetry::Counter sync_failures;
  telemetry::Counter release_failures;
  telemetry::Counter replayed_records;
  telemetry::Counter torn_tail_bytes;
  telemetry::Counter corrupt_records;
  std::array<telemetry::Counter, refusals> refused;  // by Refusal
  telemetry::Gauge bytes;
  telemetry::Gauge files;
  telemetry::Gauge oldest_sequence;
  telemetry::Gauge waiting_bytes;
  telemetry::Histogram commit_seconds;
};

void describe(const Metrics& metrics, telemetry::MetricWriter& writer);

}  // namespace filo::journal
