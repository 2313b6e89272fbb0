// Embedded: the store inside this process: parts in hour directories on a local disk. Readers take an immutable list of
// parts and hold no lock while they look; writing, merging and retention replace the list. Owned by the app, which
// calls maintain() from one background thread.
//
// Bounded: memory by the parts' tables and filters (about 1 % of the parts' bytes once all of them were looked at);
// disk by EmbeddedConfig. What cannot be read is reported with every answer, never skipped in silence.
#pragma once

#include <memory>

#include "backends/embedded/catalogue.h"
#include "backends/embedded/compaction.h"
#include "backends/embedded/config.h"
#include "backends/embedded/metrics.h"
#include "pipeline/trace_writer.h"
#include "query/trace_reader.h"

namespace filo::backends {

class Embedded final : public pipeline::TraceWriter, public query::TraceReader {
 public:
  // Opens what is there, removes what crashes left behind. `files` and `clock` outlive the store.
  static Result<std::unique_ptr<Embedded>> create(io::FileSystem& files, const Clock& clock, std::string directory,
                                                  EmbeddedConfig config);

  Result<void> write(std::span<const pipeline::SealedTrace> traces) override EXCLUDES(write_mutex_);
  Result<bool> stored(TraceId id, pipeline::Sequence sequence) const override;
  pipeline::Sequence stored_through() const override;

  Result<query::Found> find(TraceId id, Deadline deadline) const override;
  Result<query::CandidatePage> candidates(const query::TraceQuery& query, Deadline deadline) const override;
  Result<query::FacetPage> facets(const query::FacetQuery& query, Deadline deadline) const override;
  // By the parts that may have the trace: compaction changes it too.
  std::optional<std::uint64_t> revision(TraceId id) const override;

  // Retention, then merging, until there is nothing left to do or it is asked to stop. One thread.
  Result<void> maintain(const std::stop_token& stop);

  const EmbeddedMetrics& metrics() const { return metrics_; }

 private:
  struct NewPart;

  Embedded(io::FileSystem& files, const Clock& clock, std::string directory, EmbeddedConfig config);

  Hour hour_for(const Trace& trace, Timestamp now) const;
  Result<std::vector<NewPart>> prepare(std::span<const pipeline::SealedTrace> traces);
  Result<void> publish(std::vector<NewPart>& parts);
  void withdraw(const std::vector<NewPart>& parts);
  void expire_by_age(Timestamp now);
  void expire_by_space();
  void expire(const CatalogueEntry& entry, telemetry::Counter& reason);
  void note(const Error& error, query::ScanReport& report) const;
  void note_unreadable(query::ScanReport& report) const;

  io::FileSystem& files_;
  const Clock& clock_;
  const EmbeddedConfig config_;
  mutable EmbeddedMetrics metrics_;
  Catalogue catalogue_;
  Compaction compaction_;
  Mutex write_mutex_;
};

}  // namespace filo::backends
