// TraceReader: what a store must answer so that traces can be found. Implemented by the window and by back ends; merged
// by Engine (engine.h), which alone knows that there are several. Thread-safe; every call ends by its deadline,
// answering with what it has and complete == false.
#pragma once

#include "base/result.h"
#include "query/trace_query.h"

namespace filo::query {

struct Found {
  SpanSet set;  // every span known of that trace, in any order, duplicates allowed; empty when unknown
  ScanReport scan;
};

struct CandidatePage {
  // In order of Place, first place first: traces with a span in the range that meets the filter, each with its newest
  // such span *in this reader*, all after `query.after`.
  std::vector<Place> places;
  bool exhausted = false;  // there are no more beyond these in this reader
  ScanReport scan;
};

class TraceReader {
 public:
  virtual ~TraceReader() = default;
  virtual Result<Found> find(TraceId id, Deadline deadline) const = 0;
  // At most query.limit places. The engine resolves them with find() and asks again, after the last, when it needs
  // more.
  virtual Result<CandidatePage> candidates(const TraceQuery& query, Deadline deadline) const = 0;
  virtual Result<FacetPage> facets(const FacetQuery& query, Deadline deadline) const = 0;
  // As long as this is the same, find() would give the same spans; nothing when that cannot be told cheaply.
  virtual std::optional<std::uint64_t> revision(TraceId) const { return std::nullopt; }
};

}  // namespace filo::query
