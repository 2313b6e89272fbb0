#include <optional>

#include "wire/otlp/json_decoder.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

// A scope's schema URL of exporters before OTLP 1.0 lies inside instrumentationLibrary.
bool is_scope_spans(std::string_view key) { return key == "scopeSpans" || key == "instrumentationLibrarySpans"; }
bool is_scope(std::string_view key) { return key == "scope" || key == "instrumentationLibrary"; }

}  // namespace

JsonDecoder::JsonDecoder(std::string_view body) : common_(body.size()) {
  // simdjson reads past the end; strings without escapes are views into this copy.
  std::string padded;
  padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  padded.assign(body);
  padded.append(simdjson::SIMDJSON_PADDING, '\0');
  body_ = common_.out.batch.arena.adopt(std::move(padded)).substr(0, body.size());
}

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

// Where the parser stands in the body; at its end, where it has no location of its own.
const char* JsonDecoder::location_of(Value& value) const {
  const char* location = nullptr;
  return value.current_location().get(location) == simdjson::SUCCESS ? location : body_.data() + body_.size();
}

JsonDecoder::Step JsonDecoder::span(Value value) {
  common_.rejection.reset();
  const std::size_t attribute_list = common_.attributes.mark();
  const std::size_t event_list = common_.events.mark();
  const std::size_t link_list = common_.links.mark();
  const char* const begin = location_of(value);
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
  if (static_cast<std::size_t>(location_of(value) - begin) > Limits::span_bytes_max) {
    common_.reject(Rejection::span_too_large);
  }
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

JsonDecoder::Step JsonDecoder::fail(simdjson::error_code error) {
  error_ = error;
  return false;
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

Result<Decoded> decode_json(std::string_view body) { return JsonDecoder(body).run(); }

}  // namespace filo::wire::otlp
