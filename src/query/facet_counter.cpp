#include "query/facet_counter.h"

#include <algorithm>

namespace filo::query {
namespace {

using filter::Level;

constexpr std::size_t facets_max = 200'000;

}  // namespace

bool FacetCounter::wants(const Resource& resource) const {
  return query_.kind == FacetKind::service || query_.service.empty() || query_.service == resource.service;
}

void FacetCounter::begin(std::uint64_t spans) {
  ++turn_;
  spans_ = spans;
}

void FacetCounter::count(std::string_view name, SpanKind kind, Level level, ValueType type) {
  if (!name.starts_with(query_.prefix)) return;
  const KeyView key(name, kind, level, type);
  auto at = counts_.lower_bound(key);
  if (at == counts_.end() || Order()(key, at->first)) {
    if (counts_.size() == facets_max) {
      full_ = true;
      return;
    }
    at = counts_.emplace_hint(at, key, Count{});
  }
  if (at->second.turn == turn_) return;
  at->second.turn = turn_;
  at->second.spans += spans_;
}

void FacetCounter::count_keys(std::span<const Attribute> attributes, Level level) {
  for (const auto& attribute : attributes) count(attribute.key, SpanKind::unspecified, level, attribute.value.type());
}

void FacetCounter::count_values(std::span<const Attribute> attributes) {
  for (const auto& attribute : attributes) {
    if (attribute.key == query_.key) count(to_text(attribute.value));
  }
}

void FacetCounter::add(const Span& span) {
  if (!wants(*span.resource)) return;
  begin(1);
  const auto count_list = [this](std::span<const Attribute> attributes, Level level) {
    if (query_.kind == FacetKind::attribute_key) {
      count_keys(attributes, level);
    } else if (looks_at(level)) {
      count_values(attributes);
    }
  };
  switch (query_.kind) {
    case FacetKind::service:
      return count(span.resource->service);
    case FacetKind::operation:
      return count(span.name, span.kind);
    case FacetKind::attribute_key:
    case FacetKind::attribute_value:
      count_list(span.attributes, Level::span);
      count_list(span.resource->attributes, Level::resource);
      count_list(span.scope->attributes, Level::scope);
      for (const auto& event : span.events) count_list(event.attributes, Level::event);
  }
}

FacetPage FacetCounter::take() const {
  FacetPage page;
  page.facets.reserve(counts_.size());
  for (const auto& [key, counted] : counts_) {
    const auto& [name, kind, level, type] = key;
    page.facets.push_back({name, counted.spans, kind, level, type});
  }
  if (query_.kind == FacetKind::attribute_value) {
    std::stable_sort(page.facets.begin(), page.facets.end(),
                     [](const Facet& a, const Facet& b) { return a.spans > b.spans; });
  }
  if (page.facets.size() > query_.limit) page.facets.resize(query_.limit);
  if (full_) page.scan.warn("there are more different values than can be counted at once");
  return page;
}

}  // namespace filo::query
