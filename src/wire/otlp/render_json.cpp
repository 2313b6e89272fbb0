#include <charconv>
#include <cmath>

#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

// Writes objects whose absent fields are left out. Every field but the first has a comma before it: the writer knows by
// the last character.
class JsonRenderer {
 public:
  explicit JsonRenderer(std::string& out) : out_(out) {}

  void trace(std::span<const Span> spans);

 private:
  void scope_spans(std::span<const Span> spans);
  void resource(const Resource& resource);
  void scope(const Scope& scope);
  void span(const Span& span);
  void events(const Span& span);
  void links(const Span& span);
  void attributes(std::string_view name, std::span<const Attribute> list);
  void any_value(const AttributeValue& value);
  void float64(double value);

  void key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void comma() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_json_string(out_, value);
  }
  void quoted(std::string_view name, std::string_view plain) {
    key(name);
    out_ += '"';
    out_ += plain;
    out_ += '"';
  }
  void count(std::string_view name, std::uint32_t value) {
    if (value == 0) return;
    key(name);
    out_ += std::to_string(value);
  }
  void time(std::string_view name, Timestamp value) { quoted(name, std::to_string(value.unix_ns)); }

  std::string& out_;
};

void JsonRenderer::trace(std::span<const Span> spans) {
  out_ += R"({"resourceSpans":[)";
  while (!spans.empty()) {
    const Resource& resource_here = *spans[0].resource;
    std::size_t size = 1;
    while (size < spans.size() && equal(*spans[size].resource, resource_here)) ++size;
    comma();
    out_ += '{';
    resource(resource_here);
    scope_spans(spans.first(size));
    text("schemaUrl", resource_here.schema_url);
    out_ += '}';
    spans = spans.subspan(size);
  }
  out_ += "]}";
}

void JsonRenderer::scope_spans(std::span<const Span> spans) {
  key("scopeSpans");
  out_ += '[';
  while (!spans.empty()) {
    const Scope& scope_here = *spans[0].scope;
    std::size_t size = 1;
    while (size < spans.size() && equal(*spans[size].scope, scope_here)) ++size;
    comma();
    out_ += '{';
    scope(scope_here);
    key("spans");
    out_ += '[';
    for (const Span& one : spans.first(size)) span(one);
    out_ += ']';
    text("schemaUrl", scope_here.schema_url);
    out_ += '}';
    spans = spans.subspan(size);
  }
  out_ += ']';
}

void JsonRenderer::resource(const Resource& resource) {
  key("resource");
  out_ += '{';
  attributes("attributes", resource.attributes);
  count("droppedAttributesCount", resource.dropped_attributes);
  out_ += '}';
}

void JsonRenderer::scope(const Scope& scope) {
  key("scope");
  out_ += '{';
  text("name", scope.name);
  text("version", scope.version);
  attributes("attributes", scope.attributes);
  count("droppedAttributesCount", scope.dropped_attributes);
  out_ += '}';
}

void JsonRenderer::span(const Span& span) {
  comma();
  out_ += '{';
  quoted("traceId", to_hex(span.trace_id));
  quoted("spanId", to_hex(span.id));
  text("traceState", span.trace_state);
  if (!span.parent_id.is_zero()) quoted("parentSpanId", to_hex(span.parent_id));
  text("name", span.name);
  count("kind", static_cast<std::uint32_t>(span.kind));
  time("startTimeUnixNano", span.start);
  time("endTimeUnixNano", span.end);
  attributes("attributes", span.attributes);
  count("droppedAttributesCount", span.dropped_attributes);
  events(span);
  count("droppedEventsCount", span.dropped_events);
  links(span);
  count("droppedLinksCount", span.dropped_links);
  key("status");
  out_ += '{';
  text("message", span.status_message);
  count("code", static_cast<std::uint32_t>(span.status));
  out_ += '}';
  count("flags", span.flags);
  out_ += '}';
}

void JsonRenderer::events(const Span& span) {
  if (span.events.empty()) return;
  key("events");
  out_ += '[';
  for (const Event& event : span.events) {
    comma();
    out_ += '{';
    time("timeUnixNano", event.time);
    text("name", event.name);
    attributes("attributes", event.attributes);
    count("droppedAttributesCount", event.dropped_attributes);
    out_ += '}';
  }
  out_ += ']';
}

void JsonRenderer::links(const Span& span) {
  if (span.links.empty()) return;
  key("links");
  out_ += '[';
  for (const Link& link : span.links) {
    comma();
    out_ += '{';
    quoted("traceId", to_hex(link.trace_id));
    quoted("spanId", to_hex(link.span_id));
    text("traceState", link.trace_state);
    attributes("attributes", link.attributes);
    count("droppedAttributesCount", link.dropped_attributes);
    count("flags", link.flags);
    out_ += '}';
  }
  out_ += ']';
}

void JsonRenderer::attributes(std::string_view name, std::span<const Attribute> list) {
  if (list.empty()) return;
  key(name);
  out_ += '[';
  for (const auto& [attribute_key, value] : list) {
    comma();
    out_ += R"({"key":)";
    append_json_string(out_, attribute_key);
    key("value");
    any_value(value);
    out_ += '}';
  }
  out_ += ']';
}

void JsonRenderer::any_value(const AttributeValue& value) {
  out_ += '{';
  switch (value.type()) {
    case ValueType::empty:
      break;
    case ValueType::string:
      key("stringValue");
      append_json_string(out_, value.text());
      break;
    case ValueType::boolean:
      key("boolValue");
      out_ += value.as_bool() ? "true" : "false";
      break;
    case ValueType::int64:
      quoted("intValue", std::to_string(value.as_int()));
      break;
    case ValueType::float64:
      key("doubleValue");
      float64(value.as_double());
      break;
    case ValueType::bytes:
      quoted("bytesValue", to_base64(value.text()));
      break;
    case ValueType::array:
      key("arrayValue");
      out_ += R"({"values":[)";
      for (const AttributeValue& item : value.items()) {
        comma();
        any_value(item);
      }
      out_ += "]}";
      break;
    case ValueType::map:
      key("kvlistValue");
      out_ += '{';
      attributes("values", value.entries());
      out_ += '}';
      break;
  }
  out_ += '}';
}

void JsonRenderer::float64(double value) {
  if (std::isnan(value)) {
    out_ += R"("NaN")";
  } else if (std::isinf(value)) {
    out_ += value > 0 ? R"("Infinity")" : R"("-Infinity")";
  } else {
    char buffer[32];
    out_.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
  }
}

}  // namespace

void append_json(std::string& out, const Trace& trace) { JsonRenderer(out).trace(trace.spans); }

}  // namespace filo::wire::otlp
