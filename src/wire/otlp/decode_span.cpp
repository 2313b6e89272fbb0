#include <bit>

#include "wire/otlp/protobuf_decoder.h"

namespace filo::wire::otlp {
namespace {

using protobuf::Reader;
using protobuf::tag;
using protobuf::WireType;

// The numbers are those of opentelemetry/proto/{trace,common,resource}/v1/*.proto.
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

// Nearly every attribute is a short key and then a short string or a number, with lengths of one byte: read at known
// places, without a loop. Anything else, malformed or merely unusual, is left to key_value().
inline bool read_usual_attribute(std::string_view message, Attribute& into) {
  const auto byte = [&message](std::size_t i) { return static_cast<unsigned char>(message[i]); };
  if (message.size() < 6 || byte(0) != tag(1, WireType::bytes)) return false;
  const std::size_t key_size = byte(1);
  if (key_size >= 0x80 || message.size() < key_size + 6) return false;
  const std::size_t value_size = byte(key_size + 3);
  if (byte(key_size + 2) != tag(2, WireType::bytes) || message.size() != key_size + 4 + value_size) return false;
  into.key = message.substr(2, key_size);
  const std::string_view value = message.substr(key_size + 4);
  const auto second = static_cast<unsigned char>(value[1]);
  switch (static_cast<unsigned char>(value[0])) {
    case tag(1, WireType::bytes):
      if (value_size >= 0x80 || second != value_size - 2) return false;
      into.value = AttributeValue::of_string(value.substr(2));
      return true;
    case tag(2, WireType::varint):
      if (value_size != 2 || second > 1) return false;
      into.value = AttributeValue::of_bool(second == 1);
      return true;
    case tag(3, WireType::varint): {
      const std::size_t last = value_size - 1;
      if (last > 2 || static_cast<unsigned char>(value[last]) >= 0x80 || (last == 2 && second < 0x80)) return false;
      into.value = AttributeValue::of_int(last == 1 ? second : (second & 0x7f) | value[2] << 7);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

inline Timestamp ProtobufDecoder::time(std::uint64_t unix_ns) {
  if (unix_ns > INT64_MAX) common_.reject(Rejection::time);
  return Timestamp{static_cast<std::int64_t>(unix_ns)};
}

// One more of the list that began at `list_begin`.
bool ProtobufDecoder::attribute(std::string_view message, std::size_t list_begin, std::size_t depth) {
  if (common_.attributes.mark() - list_begin >= Limits::attributes_max) [[unlikely]] {
    Attribute surplus;
    common_.reject(Rejection::too_many_attributes);
    return key_value(message, surplus, depth);
  }
  if (read_usual_attribute(message, common_.attributes.emplace())) return true;
  common_.attributes.pop();
  Attribute into;  // not in place: a map pushes onto the same stack
  if (!key_value(message, into, depth)) return false;
  common_.attributes.push(into);
  return true;
}

// As attribute(); a fault is told as in `field` of what has the list.
bool ProtobufDecoder::list_attribute(std::string_view message, std::size_t list_begin, std::size_t depth,
                                     std::string_view field) {
  if (attribute(message, list_begin, depth)) return true;
  return within(field, common_.attributes.mark() - list_begin);
}

bool ProtobufDecoder::span(std::string_view message, Span& into) {
  const Decoder::SpanLists lists = common_.begin_span();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into.trace_id = id_of(trace_id_from_bytes(reader.bytes()), Rejection::trace_id);
        break;
      case tag(2, WireType::bytes):
        into.id = id_of(span_id_from_bytes(reader.bytes()), Rejection::span_id);
        break;
      case tag(4, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        into.parent_id = bytes.empty() ? SpanId{} : id_of(span_id_from_bytes(bytes), Rejection::parent_id);
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
        do {
          if (!attribute(reader.bytes(), lists.attributes, 0)) {
            return within("attributes", common_.attributes.mark() - lists.attributes);
          }
        } while (reader.next_same());
        break;
      case tag(15, WireType::bytes):
        if (!status(reader.bytes(), into)) return within("status");
        break;
      case tag(16, WireType::fixed32):
        into.flags = reader.fixed32();
        break;
      default:
        // By value, so that this loop's reader stays in registers.
        reader = rare_span_field(reader, into, lists);
        if (!fault_.empty()) return false;
    }
  }
  common_.finish_span(into, lists);
  return checked(reader, span_fields);
}

// A nested fault is left in fault_.
Reader ProtobufDecoder::rare_span_field(Reader reader, Span& into, const Decoder::SpanLists& lists) {
  switch (reader.tag()) {
    case tag(3, WireType::bytes):
      into.trace_state = reader.bytes();
      break;
    case tag(10, WireType::varint):
      into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
      break;
    case tag(11, WireType::bytes):
      if (!event(reader.bytes())) within("events", common_.events.mark() - lists.events);
      if (common_.events.mark() - lists.events > Limits::events_max) {
        common_.reject(Rejection::too_many_events);
        common_.events.drop(lists.events);
      }
      break;
    case tag(12, WireType::varint):
      into.dropped_events = static_cast<std::uint32_t>(reader.varint());
      break;
    case tag(13, WireType::bytes):
      if (!link(reader.bytes())) within("links", common_.links.mark() - lists.links);
      if (common_.links.mark() - lists.links > Limits::events_max) {
        common_.reject(Rejection::too_many_links);
        common_.links.drop(lists.links);
      }
      break;
    case tag(14, WireType::varint):
      into.dropped_links = static_cast<std::uint32_t>(reader.varint());
      break;
    default:
      reader.skip(known(span_fields));
  }
  return reader;
}

bool ProtobufDecoder::event(std::string_view message) {
  Event into;
  const bool is_good = with_attributes<event_fields, 3>(message, into, [this, &into](Reader& reader) {
    switch (reader.tag()) {
      case tag(1, WireType::fixed64):
        into.time = time(reader.fixed64());
        return true;
      case tag(2, WireType::bytes):
        into.name = reader.bytes();
        return true;
      default:
        return false;
    }
  });
  common_.events.push(into);
  return is_good;
}

bool ProtobufDecoder::link(std::string_view message) {
  Link into;
  const bool is_good = with_attributes<link_fields, 4>(message, into, [this, &into](Reader& reader) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        into.trace_id = link_id_of(trace_id_from_bytes(bytes), bytes);
        return true;
      }
      case tag(2, WireType::bytes): {
        const std::string_view bytes = reader.bytes();
        into.span_id = link_id_of(span_id_from_bytes(bytes), bytes);
        return true;
      }
      case tag(3, WireType::bytes):
        into.trace_state = reader.bytes();
        return true;
      case tag(6, WireType::fixed32):
        into.flags = reader.fixed32();
        return true;
      default:
        return false;
    }
  });
  common_.links.push(into);
  return is_good;
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

bool ProtobufDecoder::key_value(std::string_view message, Attribute& into, std::size_t depth) {
  into = Attribute();
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into.key = reader.bytes();
        break;
      case tag(2, WireType::bytes):
        if (!any_value(reader.bytes(), into.value, depth)) return within("value");
        break;
      default:
        reader.skip(known(key_value_fields));
    }
  }
  if (into.key.size() > Limits::key_bytes_max) common_.reject(Rejection::key_too_long);
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
        if (!list_attribute(reader.bytes(), list, depth, "values")) return false;
        break;
      default:
        reader.skip(known(values_fields));
    }
  }
  into = AttributeValue::of_map(common_.finish_list(common_.attributes, list, before));
  return checked(reader, values_fields);
}

}  // namespace filo::wire::otlp
