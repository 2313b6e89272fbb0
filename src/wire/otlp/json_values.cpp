#include <optional>

#include "wire/otlp/json_decoder.h"

namespace filo::wire::otlp {

JsonDecoder::Step JsonDecoder::attributes(Value value, std::size_t list_begin, std::size_t depth) {
  return each_item(value, [&](Value item) {
    Attribute into;
    const Step step = each_field(item, [&](std::string_view key, Value field) {
      if (key == "key") return text(field, into.key);
      if (key == "value") return any_value(field, into.value, depth);
      return true;
    });
    push(into, list_begin);
    return step;
  });
}

JsonDecoder::Step JsonDecoder::any_value(Value value, AttributeValue& into, std::size_t depth) {
  return each_field(value, [&](std::string_view key, Value field) {
    if (key == "arrayValue" || key == "kvlistValue") return list_value(key, field, into, depth + 1);
    if (key == "intValue") {
      std::uint64_t bits = 0;
      Scalar number;
      if (!scalar(field, number)) return false;
      if (number.kind == Kind::null) return true;
      if (number.kind == Kind::object) {
        if (!low_and_high(field, bits)) return false;
        into = AttributeValue::of_int(static_cast<std::int64_t>(bits));
        return true;
      }
      const auto parsed = parse_int_value(number.text);
      if (!parsed) common_.reject(Rejection::not_a_span);
      into = parsed.value_or(AttributeValue());
      return true;
    }
    return scalar_value(key, field, into);
  });
}

JsonDecoder::Step JsonDecoder::scalar_value(std::string_view key, Value value, AttributeValue& into) {
  Scalar content;
  if (!scalar(value, content)) return false;
  if (content.kind == Kind::null) return true;
  std::optional<AttributeValue> parsed;
  if (key == "stringValue") {
    if (content.kind == Kind::string) parsed = AttributeValue::of_string(content.text);
  } else if (key == "boolValue") {
    if (content.text == "true" || content.text == "false") parsed = AttributeValue::of_bool(content.text == "true");
  } else if (key == "doubleValue") {
    const auto number = content.is_text_or_number() ? parse_double(content.text) : std::nullopt;
    if (number) parsed = AttributeValue::of_double(*number);
  } else if (key == "bytesValue") {
    const auto bytes = content.kind == Kind::string ? bytes_from_base64(content.text) : std::nullopt;
    if (bytes) parsed = AttributeValue::of_bytes(common_.out.batch.arena.copy(std::string_view(*bytes)));
  } else {
    return true;
  }
  if (!parsed) return common_.reject(Rejection::not_a_span), true;
  into = *parsed;
  return true;
}

JsonDecoder::Step JsonDecoder::list_value(std::string_view key, Value value, AttributeValue& into, std::size_t depth) {
  if (depth > Limits::value_depth_max) return common_.reject(Rejection::too_deep), true;
  const bool is_array = key == "arrayValue";
  const std::size_t list = is_array ? common_.values.mark() : common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view field_key, Value field) {
    if (field_key != "values") return true;
    if (!is_array) return attributes(field, list, depth);
    return each_item(field, [&](Value item) {
      AttributeValue element;
      if (!any_value(item, element, depth)) return false;
      if (common_.values.mark() - list >= Limits::attributes_max) {
        return common_.reject(Rejection::too_many_attributes), true;
      }
      return common_.values.push(element), true;
    });
  });
  into = is_array ? AttributeValue::of_array(common_.finish_list(common_.values, list))
                  : AttributeValue::of_map(common_.finish_list(common_.attributes, list));
  return step;
}

// "1700000000000000000", 1700000000000000000, or {"low": -1, "high": 7} from senders whose language has no int64.
JsonDecoder::Step JsonDecoder::time(Value value, std::uint64_t& into) {
  Scalar number;
  if (!scalar(value, number)) return false;
  if (number.kind == Kind::null || (number.kind == Kind::string && number.text.empty())) return true;
  if (number.kind == Kind::object) return low_and_high(value, into);
  const auto parsed = number.is_text_or_number() ? parse_unsigned(number.text) : std::nullopt;
  if (!parsed) common_.reject(Rejection::time);
  into = parsed.value_or(0);
  return true;
}

JsonDecoder::Step JsonDecoder::low_and_high(Value value, std::uint64_t& into) {
  std::uint64_t halves[2] = {0, 0};
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key != "low" && key != "high") return true;
    Scalar number;
    if (!scalar(field, number)) return false;
    const auto parsed = number.kind == Kind::number ? parse_int_value(number.text) : std::nullopt;
    const bool is_half = parsed && parsed->type() == ValueType::int64 && parsed->as_int() >= INT32_MIN &&
                         parsed->as_int() <= std::int64_t{UINT32_MAX};
    if (!is_half) return common_.reject(Rejection::time), true;
    halves[key == "high" ? 1 : 0] = static_cast<std::uint32_t>(parsed->as_int());
    return true;
  });
  into = halves[1] << 32 | halves[0];
  return step;
}

JsonDecoder::Step JsonDecoder::scalar(Value value, Scalar& into) {
  if (const auto error = value.type().get(into.kind)) return fail(error);
  if (into.kind == Kind::object || into.kind == Kind::array) return true;
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  if (into.kind != Kind::string) {
    into.text = token;
    if (into.kind == Kind::number) return true;
    const bool is_word = token == "true" || token == "false" || token == "null";
    return is_word ? true : fail(simdjson::T_ATOM_ERROR);
  }
  if (token.size() >= 2 && token.find('\\') == std::string_view::npos) {
    into.text = token.substr(1, token.size() - 2);
    return true;
  }
  std::string_view unescaped;
  if (const auto error = value.get_string().get(unescaped)) return fail(error);
  into.text = common_.out.batch.arena.copy(unescaped);
  return true;
}

JsonDecoder::Step JsonDecoder::text(Value value, std::string_view& into) {
  Scalar content;
  if (!scalar(value, content)) return false;
  if (content.kind == Kind::string) {
    into = content.text;
  } else if (content.kind != Kind::null) {
    common_.reject(Rejection::not_a_span);
  }
  return true;
}

JsonDecoder::Step JsonDecoder::count(Value value, std::uint32_t& into) {
  Scalar content;
  if (!scalar(value, content)) return false;
  if (content.kind == Kind::null) return true;
  const auto parsed = content.is_text_or_number() ? parse_unsigned(content.text) : std::nullopt;
  if (!parsed || *parsed > UINT32_MAX) return common_.reject(Rejection::not_a_span), true;
  into = static_cast<std::uint32_t>(*parsed);
  return true;
}

JsonDecoder::Step JsonDecoder::timestamp(Value value, Timestamp& into) {
  std::uint64_t unix_ns = 0;
  const Step step = time(value, unix_ns);
  if (unix_ns > INT64_MAX) common_.reject(Rejection::time);
  into.unix_ns = static_cast<std::int64_t>(unix_ns);
  return step;
}

void JsonDecoder::push(const Attribute& attribute, std::size_t list_begin) {
  if (attribute.key.size() > Limits::key_bytes_max) common_.reject(Rejection::key_too_long);
  if (common_.attributes.mark() - list_begin >= Limits::attributes_max) {
    return common_.reject(Rejection::too_many_attributes);
  }
  common_.attributes.push(attribute);
}

}  // namespace filo::wire::otlp
