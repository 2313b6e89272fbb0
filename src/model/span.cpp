#include "model/span.h"

namespace filo {
namespace {

bool equal(const Event& a, const Event& b) {
  return a.time == b.time && a.name == b.name && a.dropped_attributes == b.dropped_attributes &&
         filo::equal(a.attributes, b.attributes);
}

bool equal(const Link& a, const Link& b) {
  return a.trace_id == b.trace_id && a.span_id == b.span_id && a.trace_state == b.trace_state && a.flags == b.flags &&
         a.dropped_attributes == b.dropped_attributes && filo::equal(a.attributes, b.attributes);
}

template <typename T>
bool all_equal(std::span<const T> a, std::span<const T> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equal(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

std::string_view name_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::unspecified:
      return "unspecified";
    case SpanKind::internal:
      return "internal";
    case SpanKind::server:
      return "server";
    case SpanKind::client:
      return "client";
    case SpanKind::producer:
      return "producer";
    case SpanKind::consumer:
      return "consumer";
  }
  return "unspecified";
}

std::string_view name_of(StatusCode code) {
  switch (code) {
    case StatusCode::unset:
      return "unset";
    case StatusCode::ok:
      return "ok";
    case StatusCode::error:
      return "error";
  }
  return "unset";
}

void Resource::finish() {
  const AttributeValue* name = find(attributes, "service.name");
  const bool named = name != nullptr && name->type() == ValueType::string && !name->text().empty();
  service = named ? name->text() : unknown_service;
}

bool equal(const Resource& a, const Resource& b) {
  return &a == &b || (a.schema_url == b.schema_url && a.dropped_attributes == b.dropped_attributes &&
                      equal(a.attributes, b.attributes));
}

bool equal(const Scope& a, const Scope& b) {
  return &a == &b || (a.name == b.name && a.version == b.version && a.schema_url == b.schema_url &&
                      a.dropped_attributes == b.dropped_attributes && equal(a.attributes, b.attributes));
}

bool equal(const Span& a, const Span& b) {
  return a.trace_id == b.trace_id && a.id == b.id && a.parent_id == b.parent_id && a.start == b.start &&
         a.end == b.end && a.name == b.name && a.trace_state == b.trace_state && a.status_message == b.status_message &&
         a.flags == b.flags && a.kind == b.kind && a.status == b.status &&
         a.dropped_attributes == b.dropped_attributes && a.dropped_events == b.dropped_events &&
         a.dropped_links == b.dropped_links && equal(a.attributes, b.attributes) && all_equal(a.events, b.events) &&
         all_equal(a.links, b.links) && equal(*a.resource, *b.resource) && equal(*a.scope, *b.scope);
}

}  // namespace filo
