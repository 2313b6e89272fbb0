#include "model/span_batch.h"

#include <iterator>

namespace filo {

void SpanCopier::copy(const Span& span) {
  Span out = span;
  out.name = target_.arena.copy(span.name);
  out.trace_state = target_.arena.copy(span.trace_state);
  out.status_message = target_.arena.copy(span.status_message);
  out.attributes = copy(span.attributes);
  const auto events = target_.arena.copy(span.events);
  for (auto& event : events) {
    event.name = target_.arena.copy(event.name);
    event.attributes = copy(event.attributes);
  }
  out.events = events;
  const auto links = target_.arena.copy(span.links);
  for (auto& link : links) {
    link.trace_state = target_.arena.copy(link.trace_state);
    link.attributes = copy(link.attributes);
  }
  out.links = links;
  if (span.resource != last_resource_) {
    auto& resource = target_.arena.copy(std::span<const Resource>(span.resource, 1)).front();
    resource.attributes = copy(resource.attributes);
    resource.schema_url = target_.arena.copy(resource.schema_url);
    resource.finish();
    last_resource_ = span.resource;
    resource_copy_ = &resource;
  }
  if (span.scope != last_scope_) {
    auto& scope = target_.arena.copy(std::span<const Scope>(span.scope, 1)).front();
    scope.attributes = copy(scope.attributes);
    scope.name = target_.arena.copy(scope.name);
    scope.version = target_.arena.copy(scope.version);
    scope.schema_url = target_.arena.copy(scope.schema_url);
    last_scope_ = span.scope;
    scope_copy_ = &scope;
  }
  out.resource = resource_copy_;
  out.scope = scope_copy_;
  target_.spans.push_back(out);
}

std::span<const Attribute> SpanCopier::copy(std::span<const Attribute> attributes) {
  const auto copies = target_.arena.copy(attributes);
  for (auto& attribute : copies) {
    attribute.key = target_.arena.copy(attribute.key);
    attribute.value = copy(attribute.value);
  }
  return copies;
}

AttributeValue SpanCopier::copy(const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::string:
      return AttributeValue::of_string(target_.arena.copy(value.text()));
    case ValueType::bytes:
      return AttributeValue::of_bytes(target_.arena.copy(value.text()));
    case ValueType::array: {
      const auto items = target_.arena.copy(value.items());
      for (auto& item : items) item = copy(item);
      return AttributeValue::of_array(items);
    }
    case ValueType::map:
      return AttributeValue::of_map(copy(value.entries()));
    default:
      return value;
  }
}

void SpanSet::append(SpanSet other) {
  if (owners.empty() && spans.empty()) {
    *this = std::move(other);
    return;
  }
  owners.insert(owners.end(), std::make_move_iterator(other.owners.begin()),
                std::make_move_iterator(other.owners.end()));
  spans.insert(spans.end(), other.spans.begin(), other.spans.end());
}

}  // namespace filo
