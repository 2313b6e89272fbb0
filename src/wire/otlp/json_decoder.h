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
  Step scope_spans(Value value);
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

  // What ResourceSpans and ScopeSpans call their owner and what it owns; each with its name of before OTLP 1.0.
  struct GroupNames {
    std::string_view owner;
    std::string_view old_owner;
    std::string_view list;
    std::string_view old_list;
  };
  template <typename Owner>
  Step group(Value value, Owner& owner, const GroupNames& names, Step (JsonDecoder::*decode_owner)(Value, Owner&),
             std::size_t& index, Step (JsonDecoder::*decode_item)(Value));
  template <typename OnField>
  Step each_field(Value value, OnField on_field);
  // Of a message with attributes: `on_field` gets the other fields.
  template <typename Message, typename OnField>
  Step with_attributes(Value value, Message& into, OnField on_field);
  template <typename OnItem>
  Step each_item(Value value, OnItem on_item);
  Step scalar(Value value, Scalar& into);
  Step text(Value value, std::string_view& into);
  Step count(Value value, std::uint32_t& into);
  Step timestamp(Value value, Timestamp& into);
  template <auto parse, typename Id>
  Step id(Value value, Id& into, Rejection reason);
  Step fail(simdjson::error_code error);
  void push(const Attribute& attribute, std::size_t list_begin);
  std::string place() const { return common_.place("resourceSpans", "scopeSpans"); }
  const char* location_of(Value& value) const;
  Step must_be(Value value, Kind kind);

  Decoder common_;
  std::string_view body_;
  simdjson::error_code error_ = simdjson::SUCCESS;
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

template <typename Message, typename OnField>
JsonDecoder::Step JsonDecoder::with_attributes(Value value, Message& into, OnField on_field) {
  const std::size_t list = common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "attributes") return attributes(field, list, 0);
    if (key == "droppedAttributesCount") return count(field, into.dropped_attributes);
    return on_field(key, field);
  });
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return step;
}

template <auto parse, typename Id>
JsonDecoder::Step JsonDecoder::id(Value value, Id& into, Rejection reason) {
  std::string_view digits;
  if (!text(value, digits)) return false;
  const auto parsed = parse(digits);
  if (!parsed && !digits.empty()) common_.reject(reason);
  into = parsed.value_or(Id{});
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
