#include "backends/memory/memory.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "query/facet_counter.h"

namespace filo::backends {

Result<void> Memory::write(std::span<const pipeline::SealedTrace> traces) {
  MutexLock lock(mutex_);
  for (const auto& sealed : traces) {
    Stored& stored = traces_[sealed.trace.id];
    SpanSet all;
    all.spans = stored.trace.spans;
    all.owners = stored.trace.owners;
    all.append({sealed.trace.owners, sealed.trace.spans});
    stored.trace = assemble(sealed.trace.id, std::move(all));
    stored.through = std::max(stored.through, sealed.through);
  }
  return {};
}

Result<bool> Memory::stored(TraceId id, pipeline::Sequence sequence) const {
  MutexLock lock(mutex_);
  const auto found = traces_.find(id);
  return found != traces_.end() && found->second.through >= sequence;
}

pipeline::Sequence Memory::stored_through() const {
  MutexLock lock(mutex_);
  pipeline::Sequence through = 0;
  for (const auto& [id, stored] : traces_) through = std::max(through, stored.through);
  return through;
}

Result<query::Found> Memory::find(TraceId id, Deadline) const {
  MutexLock lock(mutex_);
  query::Found result;
  const auto found = traces_.find(id);
  if (found == traces_.end()) return result;
  result.set.spans = found->second.trace.spans;
  result.set.owners = found->second.trace.owners;
  result.scan.spans = result.set.spans.size();
  return result;
}

Result<query::CandidatePage> Memory::candidates(const query::TraceQuery& query, Deadline) const {
  MutexLock lock(mutex_);
  query::CandidatePage page;
  for (const auto& [id, stored] : traces_) {
    std::optional<Timestamp> newest;
    for (const auto& span : stored.trace.spans) {
      ++page.scan.spans;
      if (!query.range.contains(span.start) || !filter::matches(query.filter, span)) continue;
      if (!newest || *newest < span.start) newest = span.start;
    }
    if (!newest) continue;
    const query::Place place{*newest, id};
    if (!query.after || place < *query.after) page.places.push_back(place);
  }
  std::sort(page.places.begin(), page.places.end(), std::greater<>());
  page.exhausted = page.places.size() <= query.limit;
  if (!page.exhausted) page.places.resize(query.limit);
  return page;
}

Result<query::FacetPage> Memory::facets(const query::FacetQuery& query, Deadline) const {
  MutexLock lock(mutex_);
  query::FacetCounter counter(query);
  std::uint64_t spans = 0;
  for (const auto& [id, stored] : traces_) {
    for (const auto& span : stored.trace.spans) counter.add(span);
    spans += stored.trace.spans.size();
  }
  query::FacetPage page = counter.take();
  page.scan.spans = spans;
  return page;
}

}  // namespace filo::backends
