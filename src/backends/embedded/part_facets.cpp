#include "backends/embedded/part_facets.h"

namespace filo::backends {
namespace {

using filter::Level;
using query::FacetCounter;
using query::FacetKind;

void count_group(const parts::SpanGroup& group, const parts::Contents& contents, FacetCounter& counter) {
  if (!counter.wants(*group.resource)) return;
  counter.begin(group.spans);
  switch (counter.query().kind) {
    case FacetKind::service:
      return counter.count(group.resource->service);
    case FacetKind::operation:
      return counter.count(group.name, group.kind);
    case FacetKind::attribute_value:
      if (counter.looks_at(Level::resource)) counter.count_values(group.resource->attributes);
      if (counter.looks_at(Level::scope)) counter.count_values(group.scope->attributes);
      return;
    case FacetKind::attribute_key:
      break;
  }
  counter.count_keys(group.resource->attributes, Level::resource);
  counter.count_keys(group.scope->attributes, Level::scope);
  for (const auto column : group.shape->columns) {
    const auto& entry = contents.tables.columns[column];
    counter.count(entry.key, SpanKind::unspecified, Level::span, entry.type);
  }
}

void count_loose(const Span& span, FacetCounter& counter) {
  if (!counter.wants(*span.resource)) return;
  counter.begin(1);
  if (counter.query().kind == FacetKind::attribute_key) {
    counter.count_keys(span.attributes, Level::span);
    for (const auto& event : span.events) counter.count_keys(event.attributes, Level::event);
    return;
  }
  if (counter.looks_at(Level::span)) counter.count_values(span.attributes);
  if (!counter.looks_at(Level::event)) return;
  for (const auto& event : span.events) counter.count_values(event.attributes);
}

Result<void> count_column(const parts::Part& part, const parts::Contents& contents, FacetCounter& counter,
                          Deadline deadline) {
  std::vector<std::uint8_t> wanted;
  for (const auto& resource : contents.tables.resources) wanted.push_back(counter.wants(resource) ? 1 : 0);
  return parts::visit_values(
      part, contents, deadline,
      {counter.query().key, wanted, [&counter](const AttributeValue& value, std::uint64_t spans) {
         counter.begin(spans);
         counter.count(to_text(value));
       }});
}

}  // namespace

Result<void> count_facets(const parts::Part& part, FacetCounter& counter, Deadline deadline) {
  const auto loaded = part.contents();
  if (!loaded) return loaded.error();
  const parts::Contents& contents = **loaded;
  const bool of_values = counter.query().kind == FacetKind::attribute_value;
  Result<void> result;
  const auto keep = [&result](Result<void> other) {
    if (result && !other) result = std::move(other);
  };
  if (!of_values || counter.looks_at(Level::resource) || counter.looks_at(Level::scope)) {
    keep(parts::visit_groups(part, contents, deadline,
                             [&](const parts::SpanGroup& group) { count_group(group, contents, counter); }));
  }
  if (of_values && counter.looks_at(Level::span)) keep(count_column(part, contents, counter, deadline));
  if (counter.query().kind == FacetKind::attribute_key ||
      (of_values && (counter.looks_at(Level::span) || counter.looks_at(Level::event)))) {
    keep(parts::visit_loose_spans(part, contents, deadline,
                                  [&counter](const Span& span) { count_loose(span, counter); }));
  }
  return result;
}

}  // namespace filo::backends
