#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "wire/otlp/decoder.h"
#include "wire/otlp/json_scalars.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

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
  explicit JsonDecoder(std::string_view body) : common_(body.size()) {
    // simdjson reads past the end; strings without escapes are views into this copy.
    std::string padded;
    padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(body);
    padded.append(simdjson::SIMDJSON_PADDING, '\0');
    body_ = common_.out.batch.arena.adopt(std::move(padded)).substr(0, body.size());
  }

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

// A scope's schema URL of exporters before OTLP 1.0 lies inside instrumentationLibrary.
bool is_scope_spans(std::string_view key) { return key == "scopeSpans" || key == "instrumentationLibrarySpans"; }
bool is_scope(std::string_view key) { return key == "scope" || key == "instrumentationLibrary"; }

Result<Decoded> JsonDecoder::run() {
  ondemand::parser parser;
  ondemand::document document;
  Value root;
  error_ = parser.iterate(body_.data(), body_.size(), body_.size() + simdjson::SIMDJSON_PADDING).get(document);
  if (error_ == simdjson::SUCCESS) error_ = document.get_value().get(root);
  bool is_request = false;
  if (error_ == simdjson::SUCCESS && root.type().error() == simdjson::SUCCESS) {
    is_request = root.type().value_unsafe() == Kind::object;
    if (is_request) {
      each_field(root, [this](std::string_view key, Value value) {
        if (key != "resourceSpans") return true;
        if (!must_be(value, Kind::array)) return false;
        return each_item(value, [this](Value item) {
          const Step step = resource_spans(item);
          ++resource_index_;
          return step;
        });
      });
    }
  }
  if (error_ == simdjson::SUCCESS && is_request && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    error_ = simdjson::TRAILING_CONTENT;
  if (error_ != simdjson::SUCCESS || !is_request) {
    const std::string reason =
        error_ != simdjson::SUCCESS ? simdjson::error_message(error_) : "the request is not an object";
    return Error{ErrorCode::invalid_argument, "OTLP JSON: at or after " + place() + ": " + reason};
  }
  if (common_.over_budget) {
    return Error{ErrorCode::too_large, "OTLP JSON: lists of tiny elements would need more than " +
                                           std::to_string(Decoder::expansion_max) + " times the request's bytes"};
  }
  return std::move(common_.out);
}

JsonDecoder::Step JsonDecoder::resource_spans(Value value) {
  if (!must_be(value, Kind::object)) return false;
  const std::size_t first_span = common_.out.batch.spans.size();
  Resource& resource_here = common_.out.batch.arena.array<Resource>(1).front();
  std::optional<Rejection> resource_rejection;
  scope_index_ = 0;
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "resource") {
      common_.rejection.reset();
      const Step inner = resource(field, resource_here);
      if (!resource_rejection) resource_rejection = common_.rejection;
      return inner;
    }
    if (key == "schemaUrl") return text(field, resource_here.schema_url);
    if (!is_scope_spans(key)) return true;
    if (!must_be(field, Kind::array)) return false;
    return each_item(field, [&](Value item) {
      const Step inner = scope_spans(item, resource_here);
      ++scope_index_;
      return inner;
    });
  });
  resource_here.finish();
  common_.rejection = resource_rejection;
  common_.leave_out_from(first_span, place() + ".resource");
  return step;
}

JsonDecoder::Step JsonDecoder::resource(Value value, Resource& into) {
  const std::size_t list = common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "attributes") return attributes(field, list, 0);
    if (key == "droppedAttributesCount") return count(field, into.dropped_attributes);
    return true;
  });
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return step;
}

JsonDecoder::Step JsonDecoder::scope_spans(Value value, const Resource& of_resource) {
  if (!must_be(value, Kind::object)) return false;
  const std::size_t first_span = common_.out.batch.spans.size();
  Scope& scope_here = common_.out.batch.arena.array<Scope>(1).front();
  std::optional<Rejection> scope_rejection;
  resource_ = &of_resource;
  scope_ = &scope_here;
  span_index_ = 0;
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (is_scope(key)) {
      common_.rejection.reset();
      const Step inner = scope(field, scope_here);
      if (!scope_rejection) scope_rejection = common_.rejection;
      return inner;
    }
    if (key == "schemaUrl") return text(field, scope_here.schema_url);
    if (key != "spans") return true;
    if (!must_be(field, Kind::array)) return false;
    return each_item(field, [this](Value item) {
      const Step inner = span(item);
      ++span_index_;
      return inner;
    });
  });
  common_.rejection = scope_rejection;
  common_.leave_out_from(first_span, place() + ".scope");
  return step;
}

JsonDecoder::Step JsonDecoder::scope(Value value, Scope& into) {
  const std::size_t list = common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "name") return text(field, into.name);
    if (key == "version") return text(field, into.version);
    if (key == "schemaUrl") return text(field, into.schema_url);
    if (key == "attributes") return attributes(field, list, 0);
    if (key == "droppedAttributesCount") return count(field, into.dropped_attributes);
    return true;
  });
  into.attributes = common_.finish_list(common_.attributes, list, into.attributes);
  return step;
}

JsonDecoder::Step JsonDecoder::span(Value value) {
  common_.rejection.reset();
  const std::size_t attribute_list = common_.attributes.mark();
  const std::size_t event_list = common_.events.mark();
  const std::size_t link_list = common_.links.mark();
  Span into;
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "attributes") return attributes(field, attribute_list, 0);
    if (key == "events") {
      return each_item(field, [&](Value item) {
        if (common_.events.mark() - event_list < Limits::events_max) return event(item);
        return common_.reject(Rejection::too_many_events), true;
      });
    }
    if (key == "links") {
      return each_item(field, [&](Value item) {
        if (common_.links.mark() - link_list < Limits::events_max) return link(item);
        return common_.reject(Rejection::too_many_links), true;
      });
    }
    return span_field(key, field, into);
  });
  if (!step) return false;
  into.attributes = common_.finish_list(common_.attributes, attribute_list);
  into.events = common_.finish_list(common_.events, event_list);
  into.links = common_.finish_list(common_.links, link_list);
  if (into.trace_id.is_zero()) common_.reject(Rejection::trace_id);
  if (into.id.is_zero()) common_.reject(Rejection::span_id);
  if (common_.rejection) return common_.account(place(), 1), true;
  into.resource = resource_;
  into.scope = scope_;
  common_.out.batch.spans.push_back(into);
  return true;
}

JsonDecoder::Step JsonDecoder::span_field(std::string_view key, Value value, Span& into) {
  if (key == "traceId") return trace_id(value, into.trace_id, Rejection::trace_id);
  if (key == "spanId") return span_id(value, into.id, Rejection::span_id);
  if (key == "parentSpanId") return span_id(value, into.parent_id, Rejection::parent_id);
  if (key == "name") return text(value, into.name);
  if (key == "startTimeUnixNano") return timestamp(value, into.start);
  if (key == "endTimeUnixNano") return timestamp(value, into.end);
  if (key == "status") return status(value, into);
  if (key == "traceState") return text(value, into.trace_state);
  if (key == "flags") return count(value, into.flags);
  if (key == "droppedAttributesCount") return count(value, into.dropped_attributes);
  if (key == "droppedEventsCount") return count(value, into.dropped_events);
  if (key == "droppedLinksCount") return count(value, into.dropped_links);
  if (key != "kind") return true;
  Scalar kind;
  if (!scalar(value, kind)) return false;
  into.kind = parse_kind(kind.text);
  return true;
}

JsonDecoder::Step JsonDecoder::event(Value value) {
  Event into;
  const std::size_t list = common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "timeUnixNano") return timestamp(field, into.time);
    if (key == "name") return text(field, into.name);
    if (key == "attributes") return attributes(field, list, 0);
    if (key == "droppedAttributesCount") return count(field, into.dropped_attributes);
    return true;
  });
  into.attributes = common_.finish_list(common_.attributes, list);
  common_.events.push(into);
  return step;
}

JsonDecoder::Step JsonDecoder::link(Value value) {
  Link into;
  const std::size_t list = common_.attributes.mark();
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "traceId") return trace_id(field, into.trace_id, Rejection::link_id);
    if (key == "spanId") return span_id(field, into.span_id, Rejection::link_id);
    if (key == "traceState") return text(field, into.trace_state);
    if (key == "attributes") return attributes(field, list, 0);
    if (key == "droppedAttributesCount") return count(field, into.dropped_attributes);
    if (key == "flags") return count(field, into.flags);
    return true;
  });
  into.attributes = common_.finish_list(common_.attributes, list);
  common_.links.push(into);
  return step;
}

JsonDecoder::Step JsonDecoder::status(Value value, Span& into) {
  return each_field(value, [&](std::string_view key, Value field) {
    if (key == "message") return text(field, into.status_message);
    if (key != "code") return true;
    Scalar code;
    if (!scalar(field, code)) return false;
    into.status = parse_status(code.text);
    return true;
  });
}

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

JsonDecoder::Step JsonDecoder::trace_id(Value value, TraceId& into, Rejection reason) {
  std::string_view digits;
  if (!text(value, digits)) return false;
  const auto id = parse_json_trace_id(digits);
  if (!id && !digits.empty()) common_.reject(reason);
  into = id.value_or(TraceId{});
  return true;
}

JsonDecoder::Step JsonDecoder::span_id(Value value, SpanId& into, Rejection reason) {
  std::string_view digits;
  if (!text(value, digits)) return false;
  const auto id = parse_json_span_id(digits);
  if (!id && !digits.empty()) common_.reject(reason);
  into = id.value_or(SpanId{});
  return true;
}

JsonDecoder::Step JsonDecoder::fail(simdjson::error_code error) {
  error_ = error;
  return false;
}

void JsonDecoder::push(const Attribute& attribute, std::size_t list_begin) {
  if (attribute.key.size() > Limits::key_bytes_max) common_.reject(Rejection::key_too_long);
  if (common_.attributes.mark() - list_begin >= Limits::attributes_max) {
    return common_.reject(Rejection::too_many_attributes);
  }
  common_.attributes.push(attribute);
}

// The span at which the decoder is, or whose list it has just left.
std::string JsonDecoder::place() const {
  return "resourceSpans[" + std::to_string(resource_index_) + "].scopeSpans[" + std::to_string(scope_index_) +
         "].spans[" + std::to_string(span_index_) + "]";
}

// Around the spans, another type than ours means that this is no OTLP at all.
JsonDecoder::Step JsonDecoder::must_be(Value value, Kind kind) {
  Kind actual{};
  if (const auto error = value.type().get(actual)) return fail(error);
  return actual == kind || actual == Kind::null ? true : fail(simdjson::INCORRECT_TYPE);
}

}  // namespace

Result<Decoded> decode_json(std::string_view body) { return JsonDecoder(body).run(); }

}  // namespace filo::wire::otlp
