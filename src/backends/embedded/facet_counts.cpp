#include "backends/embedded/facet_counts.h"

#include <algorithm>

namespace filo::backends {
namespace {

using filter::Level;
using query::Facet;
using query::FacetKind;

constexpr std::size_t facets_max = 200'000;

// The n-th attribute is the first with its key and type; a span counts once for several.
bool is_repeated(std::span<const Attribute> attributes, std::size_t n) {
  return std::any_of(attributes.begin(), attributes.begin() + static_cast<std::ptrdiff_t>(n), [&](const Attribute& a) {
    return a.key == attributes[n].key && a.value.type() == attributes[n].value.type();
  });
}

}  // namespace

bool FacetCounts::is_wanted(const Resource& resource) const {
  return query_.kind == FacetKind::service || query_.service.empty() || query_.service == resource.service;
}

void FacetCounts::count(std::string_view name, std::uint64_t spans, SpanKind kind, Level level, ValueType type) {
  if (!name.starts_with(query_.prefix)) return;
  Key key(std::string(name), kind, level, type);
  const auto known = counts_.find(key);
  if (known != counts_.end()) {
    known->second += spans;
  } else if (counts_.size() < facets_max) {
    counts_.emplace(std::move(key), spans);
  } else {
    full_ = true;
  }
}

void FacetCounts::count_keys(std::span<const Attribute> attributes, Level level, std::uint64_t spans) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (is_repeated(attributes, i)) continue;
    count(attributes[i].key, spans, SpanKind::unspecified, level, attributes[i].value.type());
  }
}

void FacetCounts::count_values(std::span<const Attribute> attributes, std::uint64_t spans) {
  for (const auto& attribute : attributes) {
    if (attribute.key == query_.key) count(to_text(attribute.value), spans);
  }
}

void FacetCounts::count_group(const parts::SpanGroup& group, const parts::Contents& contents) {
  if (!is_wanted(*group.resource)) return;
  switch (query_.kind) {
    case FacetKind::service:
      return count(group.resource->service, group.spans);
    case FacetKind::operation:
      return count(group.name, group.spans, group.kind);
    case FacetKind::attribute_value:
      if (looks_at(Level::resource)) count_values(group.resource->attributes, group.spans);
      if (looks_at(Level::scope)) count_values(group.scope->attributes, group.spans);
      return;
    case FacetKind::attribute_key:
      break;
  }
  count_keys(group.resource->attributes, Level::resource, group.spans);
  count_keys(group.scope->attributes, Level::scope, group.spans);
  const auto& columns = group.shape->columns;
  for (auto column = columns.begin(); column != columns.end(); ++column) {
    if (std::find(columns.begin(), column, *column) != column) continue;
    const auto& entry = contents.tables.columns[*column];
    count(entry.key, group.spans, SpanKind::unspecified, Level::span, entry.type);
  }
}

void FacetCounts::count_loose(const Span& span) {
  if (!is_wanted(*span.resource)) return;
  std::vector<Attribute> of_events;
  for (const auto& event : span.events) {
    of_events.insert(of_events.end(), event.attributes.begin(), event.attributes.end());
  }
  if (query_.kind == FacetKind::attribute_key) {
    count_keys(span.attributes, Level::span, 1);
    count_keys(of_events, Level::event, 1);
    return;
  }
  if (looks_at(Level::span)) count_values(span.attributes, 1);
  if (looks_at(Level::event)) count_values(of_events, 1);
}

Result<void> FacetCounts::add_values(const parts::Part& part, const parts::Contents& contents, Deadline deadline) {
  if (!looks_at(Level::span)) return {};
  std::vector<std::uint8_t> wanted;
  for (const auto& resource : contents.tables.resources) wanted.push_back(is_wanted(resource) ? 1 : 0);
  return parts::visit_values(
      part, contents, deadline,
      {query_.key, wanted, [this](const AttributeValue& value, std::uint64_t spans) { count(to_text(value), spans); }});
}

Result<void> FacetCounts::add(const parts::Part& part, Deadline deadline) {
  const auto loaded = part.contents();
  if (!loaded) return loaded.error();
  const parts::Contents& contents = **loaded;
  const bool of_values = query_.kind == FacetKind::attribute_value;
  Result<void> result;
  const auto keep = [&result](Result<void> other) {
    if (result && !other) result = std::move(other);
  };
  if (!of_values || query_.level == Level::any || query_.level == Level::resource || query_.level == Level::scope) {
    keep(parts::visit_groups(part, contents, deadline,
                             [&](const parts::SpanGroup& group) { count_group(group, contents); }));
  }
  if (of_values) keep(add_values(part, contents, deadline));
  if (query_.kind == FacetKind::attribute_key || (of_values && (looks_at(Level::span) || looks_at(Level::event)))) {
    keep(parts::visit_loose_spans(part, contents, deadline, [this](const Span& span) { count_loose(span); }));
  }
  return result;
}

query::FacetPage FacetCounts::take() {
  query::FacetPage page;
  for (const auto& [key, spans] : counts_) {
    const auto& [name, kind, level, type] = key;
    page.facets.push_back(Facet{name, spans, kind, level, type});
  }
  if (query_.kind == FacetKind::attribute_value) {
    std::stable_sort(page.facets.begin(), page.facets.end(),
                     [](const Facet& a, const Facet& b) { return a.spans > b.spans; });
  }
  if (page.facets.size() > query_.limit) page.facets.resize(query_.limit);
  if (full_) page.scan.warn("there are more different values than can be counted at once");
  return page;
}

}  // namespace filo::backends
