// Engine: answers about traces from several readers (window, back end) that each know only their own pieces. A trace is
// put together from all of them before anything is said about it, so an answer does not depend on where spans are.
//
// Thread-safe: a question's state lives in its call. Bounded by its deadline, by a page of candidates a reader, and by
// EngineConfig::traces_per_search_max. A reader that fails or is late does not fail the answer: it is then incomplete
// and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "query/named_reader.h"
#include "query/trace_summary.h"

namespace filo::query {

struct EngineConfig {
  std::size_t traces_per_search_max = 50'000;  // put together to answer one search
};

struct FoundTrace {
  Trace trace;  // without spans when no reader knows it
  ScanReport scan;
};

struct SearchProgress {
  std::uint64_t traces = 0;  // put together so far
  std::uint64_t scanned_spans = 0;
};

// Who is told while a search goes on; on the thread that searches. False ends it.
class SearchListener {
 public:
  virtual ~SearchListener() = default;
  virtual bool on_trace(const TraceSummary& summary, const Trace& trace) = 0;
  virtual bool on_progress(const SearchProgress& progress) = 0;
};

struct SearchEnd {
  ScanReport scan;
  std::optional<Place> next;  // where the next page goes on; nothing when there is no more in the range
};

class Engine {
 public:
  // Readers upstream first: spans move from the window to the back end while we read. They outlive the engine.
  Engine(std::vector<NamedReader> readers, const Clock& clock, const EngineConfig& config);

  FoundTrace find(TraceId id, Deadline deadline) const;
  // Of all readers together.
  std::optional<std::uint64_t> revision(TraceId id) const;
  // At most query.limit traces in order of Place.
  SearchEnd search(const TraceQuery& query, Deadline deadline, SearchListener& listener) const;
  FacetPage facets(const FacetQuery& query, Deadline deadline) const;

 private:
  class Search;

  const std::vector<NamedReader> readers_;
  const Clock& clock_;
  const EngineConfig config_;
};

}  // namespace filo::query
