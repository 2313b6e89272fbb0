// LiveReader: answers questions about the spans that are still in the windows, by looking at each of them. Thread-safe;
// holds no lock while it evaluates.
#pragma once

#include <memory>
#include <vector>

#include "pipeline/shard.h"
#include "query/trace_reader.h"

namespace filo::pipeline {

class LiveReader final : public query::TraceReader {
 public:
  // The shards outlive the reader.
  explicit LiveReader(const std::vector<std::unique_ptr<Shard>>& shards) : shards_(shards) {}

  Result<query::Found> find(TraceId id, Deadline deadline) const override;
  Result<query::CandidatePage> candidates(const query::TraceQuery& query, Deadline deadline) const override;
  Result<query::FacetPage> facets(const query::FacetQuery& query, Deadline deadline) const override;
  // Known only while the trace is not here: here it changes with every batch.
  std::optional<std::uint64_t> revision(TraceId id) const override;

 private:
  std::vector<std::shared_ptr<const SpanBatch>> batches() const;

  const std::vector<std::unique_ptr<Shard>>& shards_;
};

}  // namespace filo::pipeline
