// ProtobufDecoder: the state of one call of decode(). Private to this folder: decode.cpp has what surrounds the spans,
// decode_span.cpp the spans and their values.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/otlp/decoder.h"
#include "wire/protobuf/reader.h"

namespace filo::wire::otlp {

// A message's field names by number, for messages to people.
using FieldNames = std::initializer_list<const char*>;

constexpr std::uint64_t known(FieldNames names) {
  std::uint64_t set = 0;
  unsigned number = 0;
  for (const char* name : names) {
    if (name[0] != '\0') set |= std::uint64_t{1} << number;
    ++number;
  }
  return set;
}

class ProtobufDecoder {
 public:
  explicit ProtobufDecoder(std::string body);

  Result<Decoded> run();

 private:
  // Each returns false after a fault; path_ then says where, and fault_ what.
  bool request();
  bool resource_spans(std::string_view message);
  bool resource(std::string_view message, Resource& into);
  bool scope_spans(std::string_view message);
  bool scope(std::string_view message, Scope& into);
  bool spans(std::string_view message);
  bool span(std::string_view message, Span& into);
  protobuf::Reader rare_span_field(protobuf::Reader reader, Span& into, const Decoder::SpanLists& lists);
  bool event(std::string_view message);
  bool link(std::string_view message);
  bool status(std::string_view message, Span& into);
  bool attribute(std::string_view message, std::size_t list_begin, std::size_t depth);
  bool key_value(std::string_view message, Attribute& into, std::size_t depth);
  bool any_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool array_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool map_value(std::string_view message, AttributeValue& into, std::size_t depth);

  // ResourceSpans and ScopeSpans have the same form: the owner, what it owns, its schema URL. `index` counts the owned.
  template <const FieldNames& names, typename Owner>
  bool group(std::string_view message, Owner& owner, bool (ProtobufDecoder::*decode_owner)(std::string_view, Owner&),
             std::size_t& index, bool (ProtobufDecoder::*decode_owned)(std::string_view));
  // A message with attributes, which are its field `attributes_number`, and the count of dropped ones after them.
  // `on_field` reads the other fields and returns false for one that it does not know.
  template <const FieldNames& names, std::uint32_t attributes_number, typename Message, typename OnField>
  bool with_attributes(std::string_view message, Message& into, OnField on_field);
  bool list_attribute(std::string_view message, std::size_t list_begin, std::size_t depth, std::string_view field);
  bool checked(const protobuf::Reader& reader, FieldNames names);
  bool within(std::string_view field);
  bool within(std::string_view field, std::size_t index);
  Timestamp time(std::uint64_t unix_ns);
  template <typename Id>
  Id id_of(const std::optional<Id>& id, Rejection reason) {
    if (!id) common_.reject(reason);
    return id.value_or(Id{});
  }
  template <typename Id>
  Id link_id_of(const std::optional<Id>& id, std::string_view bytes) {
    return bytes.empty() ? Id{} : id_of(id, Rejection::link_id);
  }
  std::string place() const { return common_.place("resource_spans", "scope_spans"); }

  Decoder common_;
  std::string_view body_;
  std::string path_;
  std::string fault_;
};

template <const FieldNames& names, std::uint32_t attributes_number, typename Message, typename OnField>
bool ProtobufDecoder::with_attributes(std::string_view message, Message& into, OnField on_field) {
  const std::size_t list = common_.attributes.mark();
  protobuf::Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case protobuf::tag(attributes_number, protobuf::WireType::bytes):
        if (!list_attribute(reader.bytes(), list, 0, "attributes")) return false;
        break;
      case protobuf::tag(attributes_number + 1, protobuf::WireType::varint):
        into.dropped_attributes = static_cast<std::uint32_t>(reader.varint());
        break;
      default:
        if (!on_field(reader)) reader.skip(known(names));
    }
  }
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return checked(reader, names);
}

}  // namespace filo::wire::otlp
