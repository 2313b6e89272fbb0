// Trace: the spans of one trace, assembled. What leaves the window and what a reader returns.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/span_batch.h"

namespace filo {

struct Trace {
  TraceId id;
  // Pre-order: every parent before its children, siblings by start, then by span id. Same spans, same order, always.
  std::vector<Span> spans;
  // Row of each span's parent, -1 for roots and for spans whose parent is not here.
  std::vector<std::int32_t> parents;
  Timestamp start;               // of the earliest span
  Timestamp end;                 // of the span that ends last
  std::uint32_t duplicates = 0;  // byte for byte repeated spans that assembly dropped (a sender's retry)
  std::vector<std::shared_ptr<const SpanBatch>> owners;

  Duration duration() const { return end - start; }
  // The first span without a parent id, or null while it has not come.
  const Span* root() const;
  // Names a parent that is not among the spans.
  bool is_orphan(std::size_t row) const { return parents[row] < 0 && !spans[row].parent_id.is_zero(); }
};

// Drops exact duplicates, finds parents, puts the spans in order. Copes with anything: cycles, self-parents, several
// roots, equal ids, chains of any depth.
Trace assemble(TraceId id, SpanSet set);

}  // namespace filo
