#include "backends/memory/memory.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <tuple>

namespace filo::backends {
namespace {

using filter::Level;
using query::Facet;
using query::FacetKind;
using query::FacetQuery;
using query::Place;

// What distinguishes facets, and what is counted of it.
using FacetName = std::tuple<std::string, SpanKind, Level, ValueType>;

void add_keys(std::span<const Attribute> attributes, Level level, std::set<FacetName>& names) {
  for (const auto& attribute : attributes) {
    names.emplace(std::string(attribute.key), SpanKind::unspecified, level, attribute.value.type());
  }
}

void add_values(std::span<const Attribute> attributes, const std::string& key, std::set<FacetName>& names) {
  for (const auto& attribute : attributes) {
    if (attribute.key != key) continue;
    names.emplace(to_text(attribute.value), SpanKind::unspecified, Level::span, ValueType::string);
  }
}

// What this one span adds to the answer, each thing once.
std::set<FacetName> names_in(const Span& span, const FacetQuery& query) {
  std::set<FacetName> names;
  const auto plain = [](std::string_view name, SpanKind kind) {
    return FacetName(std::string(name), kind, Level::span, ValueType::string);
  };
  const auto looks_at = [&query](Level level) { return query.level == Level::any || query.level == level; };
  switch (query.kind) {
    case FacetKind::service:
      names.insert(plain(span.resource->service, SpanKind::unspecified));
      break;
    case FacetKind::operation:
      names.insert(plain(span.name, span.kind));
      break;
    case FacetKind::attribute_key:
      add_keys(span.attributes, Level::span, names);
      add_keys(span.resource->attributes, Level::resource, names);
      add_keys(span.scope->attributes, Level::scope, names);
      for (const auto& event : span.events) add_keys(event.attributes, Level::event, names);
      break;
    case FacetKind::attribute_value:
      if (looks_at(Level::span)) add_values(span.attributes, query.key, names);
      if (looks_at(Level::resource)) add_values(span.resource->attributes, query.key, names);
      if (looks_at(Level::scope)) add_values(span.scope->attributes, query.key, names);
      if (looks_at(Level::event)) {
        for (const auto& event : span.events) add_values(event.attributes, query.key, names);
      }
      break;
  }
  return names;
}

}  // namespace

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
    const Place place{*newest, id};
    if (!query.after || place < *query.after) page.places.push_back(place);
  }
  std::sort(page.places.begin(), page.places.end(), std::greater<>());
  page.exhausted = page.places.size() <= query.limit;
  if (!page.exhausted) page.places.resize(query.limit);
  return page;
}

Result<query::FacetPage> Memory::facets(const FacetQuery& query, Deadline) const {
  MutexLock lock(mutex_);
  query::FacetPage page;
  std::map<FacetName, std::uint64_t> counts;
  for (const auto& [id, stored] : traces_) {
    for (const auto& span : stored.trace.spans) {
      ++page.scan.spans;
      const bool of_service =
          query.kind == FacetKind::service || query.service.empty() || query.service == span.resource->service;
      if (!of_service) continue;
      for (const auto& name : names_in(span, query)) ++counts[name];
    }
  }
  for (const auto& [name, spans] : counts) {
    const auto& [text, kind, level, type] = name;
    if (text.starts_with(query.prefix)) page.facets.push_back({text, spans, kind, level, type});
  }
  if (query.kind == FacetKind::attribute_value) {
    std::stable_sort(page.facets.begin(), page.facets.end(),
                     [](const Facet& a, const Facet& b) { return a.spans > b.spans; });
  }
  if (page.facets.size() > query.limit) page.facets.resize(query.limit);
  return page;
}

}  // namespace filo::backends
