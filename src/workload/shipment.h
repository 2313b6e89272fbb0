// Shipment: a workload's traces in the order in which they are sent, with what goes wrong on the way: roots that never
// come, spans that come late, spans that are sent twice. Pure: the same traces meet the same fate in every shipment.
#pragma once

#include "workload/workload.h"

namespace filo::workload {

// Each is a fraction, 0 to 1.
struct Mishaps {
  double rootless = 0;    // of traces: the first span names a parent that is never sent
  double late = 0;        // of traces: about a third of the spans is sent long after the others
  double duplicated = 0;  // of the other spans: sent again, byte for byte
};

struct Shipment {
  SpanBatch batch;
  std::size_t prompt = 0;  // spans before this are sent at once, the others late

  // The request, counted from the first, that span `i` is sent in. Late spans begin a request of their own.
  std::size_t request_of(std::size_t i, std::size_t spans_per_request) const {
    if (i < prompt) return i / spans_per_request;
    return (prompt + spans_per_request - 1) / spans_per_request + (i - prompt) / spans_per_request;
  }
};

Shipment ship(const Workload& workload, const Mishaps& mishaps, std::uint64_t first, std::size_t count);

}  // namespace filo::workload
