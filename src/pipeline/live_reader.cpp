#include "pipeline/live_reader.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

namespace filo::pipeline {
namespace {

constexpr std::string_view deadline_warning = "time ran out before all recent spans were looked at";

// What a facet is told apart by, and how often it was seen.
class FacetCounts {
 public:
  explicit FacetCounts(const query::FacetQuery& query) : query_(query) {}

  void add(const Span& span) {
    if (!query_.service.empty() && query_.kind != query::FacetKind::service &&
        span.resource->service != query_.service) {
      return;
    }
    switch (query_.kind) {
      case query::FacetKind::service:
        count({.name = std::string(span.resource->service)});
        break;
      case query::FacetKind::operation:
        count({.name = std::string(span.name), .kind = span.kind});
        break;
      case query::FacetKind::attribute_key:
        for_each_list(span, [this](filter::Level level, std::span<const Attribute> attributes) {
          for (const auto& a : attributes) count({.name = std::string(a.key), .level = level, .type = a.value.type()});
        });
        break;
      case query::FacetKind::attribute_value:
        for_each_list(span, [this](filter::Level level, std::span<const Attribute> attributes) {
          if (query_.level != filter::Level::any && query_.level != level) return;
          for (const auto& a : attributes) {
            if (a.key == query_.key) count({.name = to_text(a.value)});
          }
        });
        break;
    }
  }

  std::vector<query::Facet> take() {
    std::vector<query::Facet> facets;
    facets.reserve(counts_.size());
    for (auto& [key, facet] : counts_) facets.push_back(std::move(facet));
    if (query_.kind == query::FacetKind::attribute_value) {
      std::stable_sort(facets.begin(), facets.end(), [](const auto& a, const auto& b) { return a.spans > b.spans; });
    }
    if (facets.size() > query_.limit) facets.resize(query_.limit);
    return facets;
  }

 private:
  template <typename Visit>
  static void for_each_list(const Span& span, Visit visit) {
    visit(filter::Level::span, span.attributes);
    visit(filter::Level::resource, span.resource->attributes);
    visit(filter::Level::scope, span.scope->attributes);
    for (const auto& event : span.events) visit(filter::Level::event, event.attributes);
  }

  void count(query::Facet facet) {
    if (!facet.name.starts_with(query_.prefix)) return;
    auto [at, is_new] = counts_.try_emplace({facet.name, facet.kind, facet.level, facet.type});
    if (is_new) at->second = std::move(facet);
    ++at->second.spans;
  }

  const query::FacetQuery& query_;
  std::map<std::tuple<std::string, SpanKind, filter::Level, ValueType>, query::Facet> counts_;
};

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
  query::FacetPage page;
  FacetCounts counts(query);
  for (const auto& batch : batches()) {
    if (deadline.expired()) {
      page.scan.complete = false;
      page.scan.warnings.emplace_back(deadline_warning);
      break;
    }
    page.scan.spans += batch->spans.size();
    page.scan.bytes += batch->bytes();
    for (const auto& span : batch->spans) counts.add(span);
  }
  page.facets = counts.take();
  return page;
}

}  // namespace filo::pipeline
