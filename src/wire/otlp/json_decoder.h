// JsonDecoder: the state of one call of decode_json(). Private to this folder, and the only header that shows simdjson:
// decode_json.cpp has resources, scopes and spans, json_values.cpp attributes and scalars.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/otlp/decoder.h"
#include "wire/otlp/json_scalars.h"

namespace filo::wire::otlp {

namespace ondemand = simdjson::ondemand;
using Value = ondemand::value;
using Kind = ondemand::json_type;

// The content of a string, the token of a number, "true", "false" or "null"; with its JSON type.
struct Scalar {
  Kind kind = Kind::null;
  std::string_view text;
  bool is_text_or_number() const { return kind == Kind::string || kind == Kind::number; }
};

class JsonDecoder {
 public:
  explicit JsonDecoder(std::string_view body);

  Result<Decoded> run();

 private:
  using Step = bool;  // false: the document is not JSON from here on; error_ says why

  Step resource_spans(Value value);
  Step resource(Value value, Resource& into);
  Step scope_spans(Value value, const Resource& of_resource);
  Step scope(Value value, Scope& into);
  Step span(Value value);
  Step span_field(std::string_view key, Value value, Span& into);
  Step event(Value value);
  Step link(Value value);
  Step status(Value value, Span& into);
  Step attributes(Value value, std::size_t list_begin, std::size_t depth);
  Step any_value(Value value, AttributeValue& into, std::size_t depth);
  Step scalar_value(std::string_view key, Value value, AttributeValue& into);
  Step list_value(std::string_view key, Value value, AttributeValue& into, std::size_t depth);
  Step time(Value value, std::uint64_t& into);
  Step low_and_high(Value value, std::uint64_t& into);

  template <typename OnField>
  Step each_field(Value value, OnField on_field);
  template <typename OnItem>
  Step each_item(Value value, OnItem on_item);
  Step scalar(Value value, Scalar& into);
  Step text(Value value, std::string_view& into);
  Step count(Value value, std::uint32_t& into);
  Step timestamp(Value value, Timestamp& into);
  Step trace_id(Value value, TraceId& into, Rejection reason);
  Step span_id(Value value, SpanId& into, Rejection reason);
  Step fail(simdjson::error_code error);
  void push(const Attribute& attribute, std::size_t list_begin);
  std::string place() const;
  const char* location_of(Value& value) const;
  Step must_be(Value value, Kind kind);

  Decoder common_;
  std::string_view body_;

  simdjson::error_code error_ = simdjson::SUCCESS;
  std::size_t resource_index_ = 0;
  std::size_t scope_index_ = 0;
  std::size_t span_index_ = 0;
  const Resource* resource_ = nullptr;
  const Scope* scope_ = nullptr;
};

template <typename OnField>
JsonDecoder::Step JsonDecoder::each_field(Value value, OnField on_field) {
  Kind kind{};
  if (const auto error = value.type().get(kind)) return fail(error);
  if (kind == Kind::null) return true;
  if (kind != Kind::object) return common_.reject(Rejection::not_a_span), true;
  ondemand::object object;
  if (const auto error = value.get_object().get(object)) return fail(error);
  for (auto next : object) {
    ondemand::field field;
    if (const auto error = std::move(next).get(field)) return fail(error);
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return fail(error);
    std::string camel;
    if (key.find('_') != std::string_view::npos) {
      camel = to_camel_case(key);
      key = camel;
    }
    if (!on_field(key, field.value())) return false;
  }
  return true;
}

template <typename OnItem>
JsonDecoder::Step JsonDecoder::each_item(Value value, OnItem on_item) {
  Kind kind{};
  if (const auto error = value.type().get(kind)) return fail(error);
  if (kind == Kind::null) return true;
  if (kind != Kind::array) return common_.reject(Rejection::not_a_span), true;
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return fail(error);
  for (auto next : array) {
    Value item;
    if (const auto error = std::move(next).get(item)) return fail(error);
    if (!on_item(item)) return false;
  }
  return true;
}

}  // namespace filo::wire::otlp
