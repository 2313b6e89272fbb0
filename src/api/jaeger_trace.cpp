#include "api/jaeger_trace.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "api/json_writer.h"

namespace filo::api {
namespace {

constexpr std::string_view warnings_key = "@jaeger@warnings";

std::int64_t microseconds(std::int64_t ns) {
  return ns >= 0 ? ns / 1000 : -((-(ns + 1)) / 1000) - 1;  // towards the past
}

void append_text_tag(JsonWriter& json, std::string_view key, std::string_view value) {
  json.begin_object().key("key").text(key).key("type").text("string").key("value").text(value).end_object();
}

void append_tag(JsonWriter& json, const Attribute& attribute) {
  // JavaScript's numbers are exact up to here.
  constexpr std::int64_t exact_max = (std::int64_t{1} << 53) - 1;
  const auto& value = attribute.value;
  json.begin_object().key("key").text(attribute.key);
  switch (value.type()) {
    case ValueType::boolean:
      json.key("type").text("bool").key("value").boolean(value.as_bool());
      break;
    case ValueType::int64:
      json.key("type").text("int64").key("value");
      if (value.as_int() > exact_max || value.as_int() < -exact_max) {
        json.decimal(value.as_int());
      } else {
        json.integer(value.as_int());
      }
      break;
    case ValueType::float64:
      json.key("type").text("float64").key("value").number(value.as_double());
      break;
    case ValueType::bytes:
      json.key("type").text("binary").key("value").text(to_base64(value.text()));
      break;
    case ValueType::empty:
      json.key("type").text("string").key("value").text("");
      break;
    case ValueType::string:
      json.key("type").text("string").key("value").text(value.text());
      break;
    case ValueType::array:
    case ValueType::map:
      json.key("type").text("string").key("value").text(to_text(value));
      break;
  }
  json.end_object();
}

// Processes by content, named p1, p2, … in the order of their first span.
class Processes {
 public:
  const std::string& name_of(const Resource* resource) {
    const auto known = by_resource_.find(resource);
    if (known != by_resource_.end()) return names_[known->second];
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("serviceName").text(resource->service).key("tags").begin_array();
    for (const auto& attribute : resource->attributes) {
      if (attribute.key != "service.name") append_tag(json, attribute);
    }
    json.end_array().end_object();
    const auto [entry, added] = by_text_.emplace(std::move(text), names_.size());
    if (added) {
      names_.push_back("p" + std::to_string(names_.size() + 1));
      texts_.push_back(&entry->first);
    }
    by_resource_.emplace(resource, entry->second);
    return names_[entry->second];
  }
  void append(JsonWriter& json) const {
    json.begin_object();
    for (std::size_t i = 0; i < names_.size(); ++i) json.key(names_[i]).raw(*texts_[i]);
    json.end_object();
  }

 private:
  std::unordered_map<const Resource*, std::size_t> by_resource_;
  std::unordered_map<std::string, std::size_t> by_text_;  // its keys stay where they are
  std::vector<std::string> names_;
  std::vector<const std::string*> texts_;
};

void append_reference(JsonWriter& json, std::string_view type, TraceId trace, SpanId span) {
  json.begin_object().key("refType").text(type).key("traceID").text(jaeger_trace_id(trace));
  json.key("spanID").text(to_hex(span)).end_object();
}

void append_references(JsonWriter& json, const Span& span) {
  json.key("references").begin_array();
  if (!span.parent_id.is_zero()) append_reference(json, "CHILD_OF", span.trace_id, span.parent_id);
  for (const auto& link : span.links) {
    const auto* type = find(link.attributes, "opentracing.ref_type");
    const bool child_of = type != nullptr && type->type() == ValueType::string && type->text() == "child_of";
    append_reference(json, child_of ? "CHILD_OF" : "FOLLOWS_FROM", link.trace_id, link.span_id);
  }
  json.end_array();
}

void append_tags(JsonWriter& json, const Span& span) {
  json.key("tags").begin_array();
  if (!span.scope->name.empty()) append_text_tag(json, "otel.scope.name", span.scope->name);
  if (!span.scope->version.empty()) append_text_tag(json, "otel.scope.version", span.scope->version);
  for (const auto& attribute : span.attributes) {
    if (attribute.key != warnings_key) append_tag(json, attribute);
  }
  if (span.kind != SpanKind::unspecified) append_text_tag(json, "span.kind", filo::name_of(span.kind));
  if (span.status == StatusCode::ok) append_text_tag(json, "otel.status_code", "OK");
  if (span.is_error()) {
    append_text_tag(json, "otel.status_code", "ERROR");
    append_tag(json, {"error", AttributeValue::of_bool(true)});
  }
  if (!span.status_message.empty()) append_text_tag(json, "otel.status_description", span.status_message);
  if (!span.trace_state.empty()) append_text_tag(json, "w3c.tracestate", span.trace_state);
  json.end_array();
}

void append_logs(JsonWriter& json, const Span& span) {
  json.key("logs").begin_array();
  for (const auto& event : span.events) {
    json.begin_object().key("timestamp").integer(microseconds(event.time.unix_ns)).key("fields").begin_array();
    if (!event.name.empty()) append_text_tag(json, "event", event.name);
    for (const auto& attribute : event.attributes) append_tag(json, attribute);
    json.end_array().end_object();
  }
  json.end_array();
}

void append_warnings(JsonWriter& json, const Span& span, const Trace& trace, std::size_t row) {
  std::vector<std::string> warnings;
  const auto* sent = find(span.attributes, warnings_key);
  if (sent != nullptr && sent->type() == ValueType::array) {
    for (const auto& item : sent->items()) warnings.push_back(to_text(item));
  }
  if (span.duration() < Duration::zero()) {
    const auto ns = std::uint64_t{0} - static_cast<std::uint64_t>(span.duration().count());
    warnings.push_back("the span ends " + std::to_string(ns) + "ns before it starts");
  }
  if (trace.is_orphan(row)) warnings.push_back("parent span ID " + to_hex(span.parent_id) + " is not in the trace");
  json.key("warnings");
  if (warnings.empty()) {
    json.null();
    return;
  }
  json.begin_array();
  for (const auto& warning : warnings) json.text(warning);
  json.end_array();
}

}  // namespace

std::string jaeger_trace_id(TraceId id) {
  const std::string digits = to_hex(id);
  return id.high == 0 ? digits.substr(16) : digits;
}

void append_jaeger_trace(std::string& out, const Trace& trace) {
  JsonWriter json(out);
  Processes processes;
  const std::string trace_id = jaeger_trace_id(trace.id);
  json.begin_object().key("traceID").text(trace_id).key("spans").begin_array();
  for (std::size_t row = 0; row < trace.spans.size(); ++row) {
    const Span& span = trace.spans[row];
    json.begin_object().key("traceID").text(trace_id).key("spanID").text(to_hex(span.id));
    // Of W3C's flags Jaeger knows "sampled".
    if ((span.flags & 1U) != 0) json.key("flags").integer(1);
    json.key("operationName").text(span.name);
    append_references(json, span);
    json.key("startTime").integer(microseconds(span.start.unix_ns));
    json.key("duration").integer(std::max<std::int64_t>(span.duration().count(), 0) / 1000);
    append_tags(json, span);
    append_logs(json, span);
    json.key("processID").text(processes.name_of(span.resource));
    append_warnings(json, span, trace, row);
    json.end_object();
  }
  json.end_array().key("processes");
  processes.append(json);
  json.key("warnings").null().end_object();
}

}  // namespace filo::api
