// Memory: a back end that keeps traces in memory and answers by looking at every span. Slow and obviously right: the
// oracle that others are compared with, and a store for trying things out. Thread-safe; not bounded, so not for
// production.
#pragma once

#include <map>

#include "concurrency/thread_annotations.h"
#include "pipeline/trace_writer.h"
#include "query/trace_reader.h"

namespace filo::backends {

class Memory final : public pipeline::TraceWriter, public query::TraceReader {
 public:
  Result<void> write(std::span<const pipeline::SealedTrace> traces) override;
  Result<bool> stored(TraceId id, pipeline::Sequence sequence) const override;
  pipeline::Sequence stored_through() const override;

  Result<query::Found> find(TraceId id, Deadline deadline) const override;
  Result<query::CandidatePage> candidates(const query::TraceQuery& query, Deadline deadline) const override;
  Result<query::FacetPage> facets(const query::FacetQuery& query, Deadline deadline) const override;

 private:
  struct Stored {
    Trace trace;
    pipeline::Sequence through = 0;
  };

  mutable Mutex mutex_;
  std::map<TraceId, Stored> traces_ GUARDED_BY(mutex_);
};

}  // namespace filo::backends
