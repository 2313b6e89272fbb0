#include <optional>

#include "wire/otlp/json_decoder.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
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
          ++common_.resource_index;
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
  return common_.take("OTLP JSON");
}

template <typename Owner>
JsonDecoder::Step JsonDecoder::group(Value value, Owner& owner, const GroupNames& names,
                                     Step (JsonDecoder::*decode_owner)(Value, Owner&), std::size_t& index,
                                     Step (JsonDecoder::*decode_item)(Value)) {
  if (!must_be(value, Kind::object)) return false;
  const std::size_t first_span = common_.out.batch.spans.size();
  std::optional<Rejection> rejection;
  index = 0;
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == names.owner || key == names.old_owner) {
      return common_.decode_owner(rejection, [&] { return (this->*decode_owner)(field, owner); });
    }
    if (key == "schemaUrl") return text(field, owner.schema_url);
    if (key != names.list && key != names.old_list) return true;
    if (!must_be(field, Kind::array)) return false;
    return each_item(field, [&](Value item) {
      const Step inner = (this->*decode_item)(item);
      ++index;
      return inner;
    });
  });
  common_.leave_out_from(first_span, rejection, place() + "." + std::string(names.owner));
  return step;
}

JsonDecoder::Step JsonDecoder::resource_spans(Value value) {
  Resource& here = common_.out.batch.arena.array<Resource>(1).front();
  common_.resource = &here;
  const Step step = group(value, here, {"resource", "resource", "scopeSpans", "instrumentationLibrarySpans"},
                          &JsonDecoder::resource, common_.scope_index, &JsonDecoder::scope_spans);
  here.finish();
  return step;
}

JsonDecoder::Step JsonDecoder::scope_spans(Value value) {
  Scope& here = common_.out.batch.arena.array<Scope>(1).front();
  common_.scope = &here;
  return group(value, here, {"scope", "instrumentationLibrary", "spans", "spans"}, &JsonDecoder::scope,
               common_.span_index, &JsonDecoder::span);
}

JsonDecoder::Step JsonDecoder::resource(Value value, Resource& into) {
  return with_attributes(value, into, [](std::string_view, Value) { return true; });
}

JsonDecoder::Step JsonDecoder::scope(Value value, Scope& into) {
  return with_attributes(value, into, [&](std::string_view key, Value field) {
    if (key == "name") return text(field, into.name);
    if (key == "version") return text(field, into.version);
    // Exporters before OTLP 1.0 have it inside instrumentationLibrary.
    if (key == "schemaUrl") return text(field, into.schema_url);
    return true;
  });
}

// Where the parser stands in the body; at its end, where it has no location of its own.
const char* JsonDecoder::location_of(Value& value) const {
  const char* location = nullptr;
  return value.current_location().get(location) == simdjson::SUCCESS ? location : body_.data() + body_.size();
}

JsonDecoder::Step JsonDecoder::span(Value value) {
  common_.rejection.reset();
  const Decoder::SpanLists lists = common_.begin_span();
  const char* const begin = location_of(value);
  Span into;
  const Step step = each_field(value, [&](std::string_view key, Value field) {
    if (key == "attributes") return attributes(field, lists.attributes, 0);
    if (key == "events") {
      return each_item(field, [&](Value item) {
        if (common_.events.mark() - lists.events < Limits::events_max) return event(item);
        return common_.reject(Rejection::too_many_events), true;
      });
    }
    if (key == "links") {
      return each_item(field, [&](Value item) {
        if (common_.links.mark() - lists.links < Limits::events_max) return link(item);
        return common_.reject(Rejection::too_many_links), true;
      });
    }
    return span_field(key, field, into);
  });
  if (!step) return false;
  common_.finish_span(into, lists);
  if (static_cast<std::size_t>(location_of(value) - begin) > Limits::span_bytes_max) {
    common_.reject(Rejection::span_too_large);
  }
  if (common_.rejection) return common_.account(place(), 1), true;
  common_.out.batch.spans.push_back(into);
  return true;
}

JsonDecoder::Step JsonDecoder::span_field(std::string_view key, Value value, Span& into) {
  if (key == "traceId") return id<parse_json_trace_id>(value, into.trace_id, Rejection::trace_id);
  if (key == "spanId") return id<parse_json_span_id>(value, into.id, Rejection::span_id);
  if (key == "parentSpanId") return id<parse_json_span_id>(value, into.parent_id, Rejection::parent_id);
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
  const Step step = with_attributes(value, into, [&](std::string_view key, Value field) {
    if (key == "timeUnixNano") return timestamp(field, into.time);
    if (key == "name") return text(field, into.name);
    return true;
  });
  common_.events.push(into);
  return step;
}

JsonDecoder::Step JsonDecoder::link(Value value) {
  Link into;
  const Step step = with_attributes(value, into, [&](std::string_view key, Value field) {
    if (key == "traceId") return id<parse_json_trace_id>(field, into.trace_id, Rejection::link_id);
    if (key == "spanId") return id<parse_json_span_id>(field, into.span_id, Rejection::link_id);
    if (key == "traceState") return text(field, into.trace_state);
    if (key == "flags") return count(field, into.flags);
    return true;
  });
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

// Around the spans, another type than ours means that this is no OTLP at all.
JsonDecoder::Step JsonDecoder::must_be(Value value, Kind kind) {
  Kind actual{};
  if (const auto error = value.type().get(actual)) return fail(error);
  return actual == kind || actual == Kind::null ? true : fail(simdjson::INCORRECT_TYPE);
}

Result<Decoded> decode_json(std::string_view body) { return JsonDecoder(body).run(); }

}  // namespace filo::wire::otlp
