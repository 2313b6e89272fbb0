// TraceWriter: where traces go when they leave the window.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "model/trace.h"

namespace filo::pipeline {

// Position of a record in the journal.
using Sequence = std::uint64_t;

// A trace as it leaves the window: all its spans from journal records up to and including `through` are in it or were
// written before.
struct SealedTrace {
  Trace trace;
  Sequence through = 0;
};

// One thread at a time for write(); stored() from any.
class TraceWriter {
 public:
  virtual ~TraceWriter() = default;
  // When it returns without error, the traces survive a power cut and can be found: the journal may forget them. On
  // error nothing was kept, and the same traces are offered again.
  virtual Result<void> write(std::span<const SealedTrace> traces) = 0;
  // Was this trace written with everything up to `sequence`? Asked while the journal is replayed after a restart, to
  // put back neither less nor more than what was lost.
  virtual Result<bool> stored(TraceId id, Sequence sequence) const = 0;
  // The greatest `through` of anything stored; 0 when there is none. A new journal counts on from here.
  virtual Sequence stored_through() const = 0;
};

}  // namespace filo::pipeline
