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
  // Where a span's lists begin on the stacks.
  struct SpanLists {
    std::size_t attributes;
    std::size_t events;
    std::size_t links;
  };

  // Each returns false after a fault; path_ then says where, and fault_ what.
  bool request();
  bool resource_spans(std::string_view message);
  bool resource(std::string_view message, Resource& into);
  bool scope_spans(std::string_view message, const Resource& of_resource);
  bool scope(std::string_view message, Scope& into);
  bool spans(std::string_view message);
  bool span(std::string_view message, Span& into);
  protobuf::Reader rare_span_field(protobuf::Reader reader, Span& into, const SpanLists& lists);
  void finish_span(Span& into, const SpanLists& lists);
  bool event(std::string_view message);
  bool link(std::string_view message);
  bool status(std::string_view message, Span& into);
  bool attribute(std::string_view message, std::size_t list_begin, std::size_t depth);
  bool key_value(std::string_view message, Attribute& into, std::size_t depth);
  bool any_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool array_value(std::string_view message, AttributeValue& into, std::size_t depth);
  bool map_value(std::string_view message, AttributeValue& into, std::size_t depth);

  bool checked(const protobuf::Reader& reader, FieldNames names);
  bool within(std::string_view field);
  bool within(std::string_view field, std::size_t index);
  Timestamp time(std::uint64_t unix_ns);
  template <typename Id>
  Id id_of(const std::optional<Id>& id, Rejection reason) {
    if (!id) common_.reject(reason);
    return id.value_or(Id{});
  }
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

}  // namespace filo::wire::otlp
