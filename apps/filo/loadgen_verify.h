// Reads a workload back through the query API and compares every span in full with what was sent. Nothing was kept for
// that: the traces are made again from the seed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "loadgen_report.h"
#include "net/client.h"
#include "workload/shipment.h"

namespace filo::app {

struct VerifySettings {
  net::Url query;
  unsigned connections = 4;
  std::uint64_t traces = 0;  // numbers 0 to this
  std::uint64_t sample = 0;  // about so many of them, spread evenly; 0: all
  std::size_t batch_spans = 512;
  workload::Mishaps mishaps;
};

struct Verification {
  std::uint64_t traces = 0;
  std::uint64_t spans = 0;       // that must be there
  std::uint64_t missing = 0;     // are not
  std::uint64_t doubled = 0;     // came back more than once
  std::uint64_t different = 0;   // came back with other content
  std::uint64_t unexpected = 0;  // came back though never sent, or refused
  std::uint64_t unread = 0;      // spans of traces that could not be read at all
  std::string first_problem;

  void add(const Verification& other);
  bool is_good() const { return missing + doubled + different + unexpected + unread == 0; }
};

// `sent` tells which batches were answered; of the others nothing is expected, and what was refused must not be there.
// Without imperfect groups, everything must be there.
Verification verify(const VerifySettings& settings, const workload::Workload& workload, const LoadResult& sent,
                    const Clock& clock);

std::string render_text(const Verification& verification);
std::string render_json(const Verification& verification);

}  // namespace filo::app
