#include <bit>
#include <initializer_list>
#include <optional>

#include "wire/otlp/decoder.h"
#include "wire/otlp/otlp.h"
#include "wire/protobuf/reader.h"

namespace filo::wire::otlp {
namespace {

using protobuf::known_fields;
using protobuf::Reader;
using protobuf::tag;
using protobuf::WireType;

// Field names by number, for messages to people. The numbers are those of opentelemetry/proto/trace/v1/trace.proto,
// common/v1/common.proto and resource/v1/resource.proto.
using FieldNames = std::initializer_list<const char*>;
constexpr FieldNames request_fields = {"", "resource_spans"};
constexpr FieldNames resource_spans_fields = {"", "resource", "scope_spans", "schema_url"};
constexpr FieldNames resource_fields = {"", "attributes", "dropped_attributes_count"};
constexpr FieldNames scope_spans_fields = {"", "scope", "spans", "schema_url"};
constexpr FieldNames scope_fields = {"", "name", "version", "attributes", "dropped_attributes_count"};
constexpr FieldNames span_fields = {"",
                                    "trace_id",
                                    "span_id",
                                    "trace_state",
                                    "parent_span_id",
                                    "name",
                                    "kind",
                                    "start_time_unix_nano",
                                    "end_time_unix_nano",
                                    "attributes",
                                    "dropped_attributes_count",
                                    "events",
                                    "dropped_events_count",
                                    "links",
                                    "dropped_links_count",
                                    "status",
                                    "flags"};
constexpr FieldNames event_fields = {"", "time_unix_nano", "name", "attributes", "dropped_attributes_count"};
constexpr FieldNames link_fields = {
    "", "trace_id", "span_id", "trace_state", "attributes", "dropped_attributes_count", "flags"};
constexpr FieldNames status_fields = {"", "", "message", "code"};
constexpr FieldNames key_value_fields = {"", "key", "value"};
constexpr FieldNames any_value_fields = {
    "", "string_value", "bool_value", "int_value", "double_value", "array_value", "kvlist_value", "bytes_value"};
constexpr FieldNames values_fields = {"", "values"};

constexpr std::uint64_t known(FieldNames names) {
  std::uint64_t set = 0;
  unsigned number = 0;
  for (const char* name : names) {
    if (name[0] != '\0') set |= std::uint64_t{1} << number;
    ++number;
  }
  return set;
}

// The smallest span that is not rejected: its own tag and length, both ids.
constexpr std::size_t span_bytes_min = 2 + 18 + 10;

// How many spans to make room for. Only a guess: what is malformed here is found out later.
std::size_t count_spans(std::string_view request) {
  std::size_t count = 0;
  Reader resources(request);
  while (resources.next()) {
    if (resources.tag() != tag(1, WireType::bytes)) {
      resources.skip(0);
      continue;
    }
    Reader scopes(resources.bytes());
    while (scopes.next()) {
      if (scopes.tag() != tag(2, WireType::bytes)) {
        scopes.skip(0);
        continue;
      }
      Reader spans(scopes.bytes());
      while (spans.next()) {
        if (spans.tag() == tag(2, WireType::bytes)) ++count;
        spans.skip(0);
      }
    }
  }
  return std::min(count, request.size() / span_bytes_min + 1);
}

class ProtobufDecoder {
 public:
  explicit ProtobufDecoder(std::string body) : common_(body.size()) {
    body_ = common_.out.batch.arena.adopt(std::move(body));
    common_.out.batch.otlp = body_;
  }

  Result<Decoded> run();

 private:
  // Each returns false after a fault; path_ then says where, and fault_ what.
  bool request();
  bool resource_spans(std::string_view message);
  bool resource(std::string_view message, Resource& into);
  bool scope_spans(std::string_view message, const Resource& of_resource);
  bool scope(std::string_view message, Scope& into);
  bool spans(std::string_view message);
  bool span(std::string_view message, Span& into);
  bool event(std::string_view message);
  bool link(std::string_view message);
  bool status(std::string_view message, Span& into);
  bool attribute(std::string_view message, std::size_t list_begin, std::size_t depth);
  bool key_value(std::string_view message, Attribute& into, std::size_t depth);
  bool any_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool array_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool map_value(std::string_view message, AttributeValue& into, std::size_t depth);

  bool checked(const Reader& reader, FieldNames names);
  bool within(std::string_view field);
  bool within(std::string_view field, std::size_t index);
  Timestamp time(std::uint64_t unix_ns);
  void check(const Span& span);
  std::string place() const;

  Decoder common_;
  std::string_view body_;
  std::string path_;
  std::string fault_;
  std::size_t resource_index_ = 0;
  std::size_t scope_index_ = 0;
  std::size_t span_index_ = 0;
  const Resource* resource_ = nullptr;
  const Scope* scope_ = nullptr;
};

Result<Decoded> ProtobufDecoder::run() {
  if (!request()) return Error{ErrorCode::invalid_argument, "OTLP: " + path_ + ": " + fault_};
  if (common_.over_budget) {
    return Error{ErrorCode::too_large, "OTLP: lists of tiny elements would need more than " +
                                           std::to_string(Decoder::expansion_max) + " times the request's bytes"};
  }
  return std::move(common_.out);
}

bool ProtobufDecoder::request() {
  common_.out.batch.spans.reserve(count_spans(body_));
  Reader reader(body_);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        if (!resource_spans(reader.bytes())) return within("resource_spans", resource_index_);
        ++resource_index_;
        break;
      default:
        reader.skip(known(request_fields));
    }
  }
  return checked(reader, request_fields);
}

bool ProtobufDecoder::resource_spans(std::string_view message) {
  const std::size_t first_span = common_.out.batch.spans.size();
  // Spans point at their resource before it is known: fields may come in any order.
  Resource& resource_here = common_.out.batch.arena.array<Resource>(1).front();
  std::optional<Rejection> resource_rejection;
  scope_index_ = 0;
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        common_.rejection.reset();
        if (!resource(reader.bytes(), resource_here)) return within("resource");
        if (!resource_rejection) resource_rejection = common_.rejection;
        break;
      case tag(2, WireType::bytes):
        if (!scope_spans(reader.bytes(), resource_here)) return within("scope_spans", scope_index_);
        ++scope_index_;
        break;
      case tag(3, WireType::bytes):
        resource_here.schema_url = reader.bytes();
        break;
      default:
        reader.skip(known(resource_spans_fields));
    }
  }
  resource_here.finish();
  common_.rejection = resource_rejection;
  common_.leave_out_from(first_span, place() + ".resource");
  return checked(reader, resource_spans_fields);
}

bool ProtobufDecoder::resource(std::string_view message, Resource& into) {
  if (message.size() > Limits::span_bytes_max) return common_.reject(Rejection::span_too_large), true;
  const std::size_t list = common_.attributes.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        if (!attribute(reader.bytes(), list, 0)) return within("attributes", common_.attributes.mark() - list);
        break;
      case tag(2, WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      default:
        reader.skip(known(resource_fields));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return checked(reader, resource_fields);
}

bool ProtobufDecoder::scope_spans(std::string_view message, const Resource& of_resource) {
  const std::size_t first_span = common_.out.batch.spans.size();
  Scope& scope_here = common_.out.batch.arena.array<Scope>(1).front();
  std::optional<Rejection> scope_rejection;
  resource_ = &of_resource;
  scope_ = &scope_here;
  span_index_ = 0;
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        common_.rejection.reset();
        if (!scope(reader.bytes(), scope_here)) return within("scope");
        if (!scope_rejection) scope_rejection = common_.rejection;
        break;
      case tag(2, WireType::bytes):
        if (!spans(reader.bytes())) return within("spans", span_index_);
        ++span_index_;
        break;
      case tag(3, WireType::bytes):
        scope_here.schema_url = reader.bytes();
        break;
      default:
        reader.skip(known(scope_spans_fields));
    }
  }
  common_.rejection = scope_rejection;
  common_.leave_out_from(first_span, place() + ".scope");
  return checked(reader, scope_spans_fields);
}

bool ProtobufDecoder::scope(std::string_view message, Scope& into) {
  if (message.size() > Limits::span_bytes_max) return common_.reject(Rejection::span_too_large), true;
  const std::size_t list = common_.attributes.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into.name = reader.bytes();
        break;
      case tag(2, WireType::bytes):
        into.version = reader.bytes();
        break;
      case tag(3, WireType::bytes):
        if (!attribute(reader.bytes(), list, 0)) return within("attributes", common_.attributes.mark() - list);
        break;
      case tag(4, WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      default:
        reader.skip(known(scope_fields));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return checked(reader, scope_fields);
}

bool ProtobufDecoder::spans(std::string_view message) {
  auto& spans = common_.out.batch.spans;
  Span& into = spans.emplace_back();
  common_.rejection.reset();
  if (message.size() > Limits::span_bytes_max) {
    common_.reject(Rejection::span_too_large);
  } else {
    if (!span(message, into)) return false;
    check(into);
  }
  if (common_.rejection) [[unlikely]] {
    common_.account(place(), 1);
    spans.pop_back();
    return true;
  }
  into.resource = resource_;
  into.scope = scope_;
  return true;
}

bool ProtobufDecoder::span(std::string_view message, Span& into) {
  const std::size_t attribute_list = common_.attributes.mark();
  const std::size_t event_list = common_.events.mark();
  const std::size_t link_list = common_.links.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes): {
        const auto id = trace_id_from_bytes(reader.bytes());
        if (!id) common_.reject(Rejection::trace_id);
        into.trace_id = id.value_or(TraceId{});
        break;
      }
      case tag(2, WireType::bytes): {
        const auto id = span_id_from_bytes(reader.bytes());
        if (!id) common_.reject(Rejection::span_id);
        into.id = id.value_or(SpanId{});
        break;
      }
      case tag(3, WireType::bytes):
        into.trace_state = reader.bytes();
        break;
      case tag(4, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        const auto id = span_id_from_bytes(bytes);
        if (!id && !bytes.empty()) common_.reject(Rejection::parent_id);
        into.parent_id = id.value_or(SpanId{});
        break;
      }
      case tag(5, WireType::bytes):
        into.name = reader.bytes();
        break;
      case tag(6, WireType::varint): {
        const auto kind = static_cast<std::uint32_t>(reader.varint());
        into.kind = kind <= 5 ? static_cast<SpanKind>(kind) : SpanKind::unspecified;
        break;
      }
      case tag(7, WireType::fixed64):
        into.start = time(reader.fixed64());
        break;
      case tag(8, WireType::fixed64):
        into.end = time(reader.fixed64());
        break;
      case tag(9, WireType::bytes):
        if (!attribute(reader.bytes(), attribute_list, 0)) {
          return within("attributes", common_.attributes.mark() - attribute_list);
        }
        break;
      case tag(10, WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      case tag(11, WireType::bytes):
        if (!event(reader.bytes())) return within("events", common_.events.mark() - event_list);
        if (common_.events.mark() - event_list > Limits::events_max) {
          common_.reject(Rejection::too_many_events);
          common_.events.drop(event_list);
        }
        break;
      case tag(12, WireType::varint):
        into.dropped_events = static_cast<std::uint32_t>(reader.varint());
        break;
      case tag(13, WireType::bytes):
        if (!link(reader.bytes())) return within("links", common_.links.mark() - link_list);
        if (common_.links.mark() - link_list > Limits::events_max) {
          common_.reject(Rejection::too_many_links);
          common_.links.drop(link_list);
        }
        break;
      case tag(14, WireType::varint):
        into.dropped_links = static_cast<std::uint32_t>(reader.varint());
        break;
      case tag(15, WireType::bytes):
        if (!status(reader.bytes(), into)) return within("status");
        break;
      case tag(16, WireType::fixed32):
        into.flags = reader.fixed32();
        break;
      default:
        reader.skip(known(span_fields));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, attribute_list);
  into.events = common_.finish_list(common_.events, event_list);
  into.links = common_.finish_list(common_.links, link_list);
  return checked(reader, span_fields);
}

bool ProtobufDecoder::event(std::string_view message) {
  Event into;
  const std::size_t list = common_.attributes.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::fixed64):
        into.time = time(reader.fixed64());
        break;
      case tag(2, WireType::bytes):
        into.name = reader.bytes();
        break;
      case tag(3, WireType::bytes):
        if (!attribute(reader.bytes(), list, 0)) return within("attributes", common_.attributes.mark() - list);
        break;
      case tag(4, WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      default:
        reader.skip(known(event_fields));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, list);
  common_.events.push(into);
  return checked(reader, event_fields);
}

bool ProtobufDecoder::link(std::string_view message) {
  Link into;
  const std::size_t list = common_.attributes.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        const auto id = trace_id_from_bytes(bytes);
        if (!id && !bytes.empty()) common_.reject(Rejection::link_id);
        into.trace_id = id.value_or(TraceId{});
        break;
      }
      case tag(2, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        const auto id = span_id_from_bytes(bytes);
        if (!id && !bytes.empty()) common_.reject(Rejection::link_id);
        into.span_id = id.value_or(SpanId{});
        break;
      }
      case tag(3, WireType::bytes):
        into.trace_state = reader.bytes();
        break;
      case tag(4, WireType::bytes):
        if (!attribute(reader.bytes(), list, 0)) return within("attributes", common_.attributes.mark() - list);
        break;
      case tag(5, WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      case tag(6, WireType::fixed32):
        into.flags = reader.fixed32();
        break;
      default:
        reader.skip(known(link_fields));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, list);
  common_.links.push(into);
  return checked(reader, link_fields);
}

bool ProtobufDecoder::status(std::string_view message, Span& into) {
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(2, WireType::bytes):
        into.status_message = reader.bytes();
        break;
      case tag(3, WireType::varint): {
        const auto code = static_cast<std::uint32_t>(reader.varint());
        into.status = code <= 2 ? static_cast<StatusCode>(code) : StatusCode::unset;
        break;
      }
      default:
        reader.skip(known(status_fields));
    }
  }
  return checked(reader, status_fields);
}

// One more of the list that began at `list_begin`.
inline bool ProtobufDecoder::attribute(std::string_view message, std::size_t list_begin, std::size_t depth) {
  Attribute into;
  if (!key_value(message, into, depth)) return false;
  if (into.key.size() > Limits::key_bytes_max) common_.reject(Rejection::key_too_long);
  if (common_.attributes.mark() - list_begin >= Limits::attributes_max) {
    common_.reject(Rejection::too_many_attributes);
  } else {
    common_.attributes.push(into);
  }
  return true;
}

inline bool ProtobufDecoder::key_value(std::string_view message, Attribute& into, std::size_t depth) {
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into.key = reader.bytes();
        break;
      case tag(2, WireType::bytes): {
        const std::string_view value = reader.bytes();
        // Nearly every value is a string with a one-byte length.
        const auto size = value.size();
        if (size >= 2 && size < 130 && value[0] == 0x0a && static_cast<unsigned char>(value[1]) == size - 2) {
          into.value = AttributeValue::of_string(value.substr(2));
        } else if (!any_value(value, into.value, depth)) {
          return within("value");
        }
        break;
      }
      default:
        reader.skip(known(key_value_fields));
    }
  }
  return checked(reader, key_value_fields);
}

bool ProtobufDecoder::any_value(std::string_view message, AttributeValue& into, std::size_t depth) {
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into = AttributeValue::of_string(reader.bytes());
        break;
      case tag(2, WireType::varint):
        into = AttributeValue::of_bool(reader.varint() != 0);
        break;
      case tag(3, WireType::varint):
        into = AttributeValue::of_int(static_cast<std::int64_t>(reader.varint()));
        break;
      case tag(4, WireType::fixed64):
        into = AttributeValue::of_double(std::bit_cast<double>(reader.fixed64()));
        break;
      case tag(5, WireType::bytes):
        if (!array_value(reader.bytes(), into, depth + 1)) return within("array_value");
        break;
      case tag(6, WireType::bytes):
        if (!map_value(reader.bytes(), into, depth + 1)) return within("kvlist_value");
        break;
      case tag(7, WireType::bytes):
        into = AttributeValue::of_bytes(reader.bytes());
        break;
      default:
        reader.skip(known(any_value_fields));
    }
  }
  return checked(reader, any_value_fields);
}

bool ProtobufDecoder::array_value(std::string_view message, AttributeValue& into, std::size_t depth) {
  if (depth > Limits::value_depth_max) return common_.reject(Rejection::too_deep), true;
  const auto before =
      into.type() == ValueType::array ? into.items() : std::span<const AttributeValue>();  // a second piece
  const std::size_t list = common_.values.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes): {
        const std::size_t index = before.size() + common_.values.mark() - list;
        AttributeValue item;
        if (!any_value(reader.bytes(), item, depth)) return within("values", index);
        if (index >= Limits::attributes_max) {
          common_.reject(Rejection::too_many_attributes);
        } else {
          common_.values.push(item);
        }
        break;
      }
      default:
        reader.skip(known(values_fields));
    }
  }
  into = AttributeValue::of_array(common_.finish_list(common_.values, list, before));
  return checked(reader, values_fields);
}

bool ProtobufDecoder::map_value(std::string_view message, AttributeValue& into, std::size_t depth) {
  if (depth > Limits::value_depth_max) return common_.reject(Rejection::too_deep), true;
  const auto before = into.type() == ValueType::map ? into.entries() : std::span<const Attribute>();
  const std::size_t list = common_.attributes.mark();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        if (!attribute(reader.bytes(), list, depth)) return within("values", common_.attributes.mark() - list);
        break;
      default:
        reader.skip(known(values_fields));
    }
  }
  into = AttributeValue::of_map(common_.finish_list(common_.attributes, list, before));
  return checked(reader, values_fields);
}

bool ProtobufDecoder::checked(const Reader& reader, FieldNames names) {
  if (reader.ok()) [[likely]]
    return true;
  fault_ = reader.explain() + " (offset " + std::to_string(reader.fault_at() - body_.data()) + ")";
  const bool in_field = reader.fault() != protobuf::Fault::tag && reader.number() > 0 && reader.number() < names.size();
  path_ = in_field ? names.begin()[reader.number()] : "";
  return false;
}

bool ProtobufDecoder::within(std::string_view field) {
  path_.insert(0, std::string(field) + (path_.empty() ? "" : "."));
  return false;
}

bool ProtobufDecoder::within(std::string_view field, std::size_t index) {
  return within(std::string(field) + "[" + std::to_string(index) + "]");
}

inline Timestamp ProtobufDecoder::time(std::uint64_t unix_ns) {
  if (unix_ns > INT64_MAX) common_.reject(Rejection::time);
  return Timestamp{static_cast<std::int64_t>(unix_ns)};
}

inline void ProtobufDecoder::check(const Span& span) {
  if (span.trace_id.is_zero()) common_.reject(Rejection::trace_id);
  if (span.id.is_zero()) common_.reject(Rejection::span_id);
}

std::string ProtobufDecoder::place() const {
  return "resource_spans[" + std::to_string(resource_index_) + "].scope_spans[" + std::to_string(scope_index_) +
         "].spans[" + std::to_string(span_index_) + "]";
}

}  // namespace

Result<Decoded> decode(std::string body) { return ProtobufDecoder(std::move(body)).run(); }

}  // namespace filo::wire::otlp
