#include "api/native/span_detail.h"

#include "model/utf8.h"

namespace filo::api {
namespace {

constexpr std::size_t text_bytes_max = 64U << 10;

// Not through the middle of a character.
std::string_view cut(std::string_view text) {
  std::size_t end = text_bytes_max;
  for (std::size_t back = 1; back <= 3; ++back) {
    const std::size_t length = utf8_sequence_length(text.substr(text_bytes_max - back));
    if (length > back) end = text_bytes_max - back;
  }
  return text.substr(0, end);
}

void append_type_and_value(JsonWriter& json, const AttributeValue& value);

void append_value(JsonWriter& json, const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::empty:
      json.null();
      break;
    case ValueType::string:
      json.text(value.text().size() > text_bytes_max ? cut(value.text()) : value.text());
      break;
    case ValueType::bytes:
      json.text(to_base64(value.text().substr(0, text_bytes_max)));
      break;
    case ValueType::boolean:
      json.boolean(value.as_bool());
      break;
    case ValueType::int64:
      json.decimal(value.as_int());
      break;
    case ValueType::float64:
      json.number(value.as_double());
      break;
    case ValueType::array:
      json.begin_array();
      for (const auto& item : value.items()) {
        json.begin_object();
        append_type_and_value(json, item);
        json.end_object();
      }
      json.end_array();
      break;
    case ValueType::map:
      json.begin_array();
      for (const auto& entry : value.entries()) {
        json.begin_object().key("key").text(entry.key);
        append_type_and_value(json, entry.value);
        json.end_object();
      }
      json.end_array();
      break;
  }
}

void append_type_and_value(JsonWriter& json, const AttributeValue& value) {
  append_value(json.key("type").text(name_of(value.type())).key("value"), value);
  const bool is_long = value.type() == ValueType::string || value.type() == ValueType::bytes;
  if (is_long && value.text().size() > text_bytes_max) json.key("cut_bytes").count(value.text().size());
}

void append_attributes(JsonWriter& json, std::span<const Attribute> attributes) {
  json.key("attributes").begin_array();
  for (const auto& attribute : attributes) {
    json.begin_object().key("key").text(attribute.key);
    append_type_and_value(json, attribute.value);
    json.end_object();
  }
  json.end_array();
}

void append_events(JsonWriter& json, const Span& span) {
  json.key("events").begin_array();
  for (const auto& event : span.events) {
    json.begin_object().key("time_ns").decimal(event.time.unix_ns).key("name").text(event.name);
    append_attributes(json, event.attributes);
    json.key("dropped_attributes").count(event.dropped_attributes).end_object();
  }
  json.end_array();
}

void append_links(JsonWriter& json, const Span& span) {
  json.key("links").begin_array();
  for (const auto& link : span.links) {
    json.begin_object().key("trace_id").text(to_hex(link.trace_id)).key("span_id").text(to_hex(link.span_id));
    json.key("trace_state").text(link.trace_state);
    append_attributes(json, link.attributes);
    json.key("dropped_attributes").count(link.dropped_attributes).key("flags").count(link.flags).end_object();
  }
  json.end_array();
}

}  // namespace

void append_span_detail(JsonWriter& json, std::size_t row, const Span& span) {
  json.begin_object().key("row").count(row).key("span_id").text(to_hex(span.id));
  json.key("parent_span_id").text(span.parent_id.is_zero() ? "" : to_hex(span.parent_id));
  json.key("service").text(span.resource->service).key("operation").text(span.name);
  json.key("kind").text(name_of(span.kind)).key("status").text(name_of(span.status));
  json.key("status_message").text(span.status_message);
  json.key("start_ns").decimal(span.start.unix_ns).key("duration_ns").decimal(span.duration().count());
  json.key("flags").count(span.flags).key("trace_state").text(span.trace_state);
  append_attributes(json, span.attributes);
  append_events(json, span);
  append_links(json, span);
  json.key("resource").begin_object();
  append_attributes(json, span.resource->attributes);
  json.key("schema_url").text(span.resource->schema_url).end_object();
  json.key("scope").begin_object().key("name").text(span.scope->name).key("version").text(span.scope->version);
  append_attributes(json, span.scope->attributes);
  json.key("schema_url").text(span.scope->schema_url).end_object();
  json.key("dropped_attributes").count(span.dropped_attributes).key("dropped_events").count(span.dropped_events);
  json.key("dropped_links").count(span.dropped_links).end_object();
}

}  // namespace filo::api
