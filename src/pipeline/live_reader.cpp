#include "pipeline/live_reader.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "query/facet_counter.h"

namespace filo::pipeline {
namespace {

constexpr std::string_view deadline_warning = "time ran out before all recent spans were looked at";

}  // namespace

std::vector<std::shared_ptr<const SpanBatch>> LiveReader::batches() const {
  std::vector<std::shared_ptr<const SpanBatch>> out;
  for (const auto& shard : shards_) {
    auto some = shard->window().batches();
    out.insert(out.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return out;
}

Result<query::Found> LiveReader::find(TraceId id, Deadline) const {
  query::Found found;
  found.set = shards_[id.hash() % shards_.size()]->window().find(id);
  found.scan.spans = found.set.spans.size();
  return found;
}

std::optional<std::uint64_t> LiveReader::revision(TraceId id) const {
  if (shards_[id.hash() % shards_.size()]->window().has(id)) return std::nullopt;
  return 0;
}

Result<query::CandidatePage> LiveReader::candidates(const query::TraceQuery& query, Deadline deadline) const {
  query::CandidatePage page;
  std::unordered_map<TraceId, Timestamp> newest;
  for (const auto& batch : batches()) {
    if (deadline.expired()) {
      page.scan.complete = false;
      page.scan.warnings.emplace_back(deadline_warning);
      break;
    }
    page.scan.spans += batch->spans.size();
    page.scan.bytes += batch->bytes();
    for (const auto& span : batch->spans) {
      if (!query.range.contains(span.start) || !filter::matches(query.filter, span)) continue;
      const auto [at, is_new] = newest.try_emplace(span.trace_id, span.start);
      if (!is_new) at->second = std::max(at->second, span.start);
    }
  }
  for (const auto& [id, start] : newest) {
    const query::Place place{start, id};
    if (!query.after || place < *query.after) page.places.push_back(place);
  }
  page.exhausted = page.places.size() <= query.limit;
  const auto end = page.places.begin() + static_cast<std::ptrdiff_t>(std::min(query.limit, page.places.size()));
  std::partial_sort(page.places.begin(), end, page.places.end(), std::greater<>());
  page.places.erase(end, page.places.end());
  return page;
}

Result<query::FacetPage> LiveReader::facets(const query::FacetQuery& query, Deadline deadline) const {
  query::ScanReport scan;
  query::FacetCounter counter(query);
  for (const auto& batch : batches()) {
    if (deadline.expired()) {
      scan.complete = false;
      scan.warnings.emplace_back(deadline_warning);
      break;
    }
    scan.spans += batch->spans.size();
    scan.bytes += batch->bytes();
    for (const auto& span : batch->spans) counter.add(span);
  }
  query::FacetPage page = counter.take();
  page.scan.add(scan);
  return page;
}

}  // namespace filo::pipeline
