#include <algorithm>
#include <optional>

#include "wire/otlp/otlp.h"
#include "wire/otlp/protobuf_decoder.h"

namespace filo::wire::otlp {
namespace {

using protobuf::Reader;
using protobuf::tag;
using protobuf::WireType;

// The numbers are those of opentelemetry/proto/{trace,common,resource}/v1/*.proto.
constexpr FieldNames request_fields = {"", "resource_spans"};
constexpr FieldNames resource_spans_fields = {"", "resource", "scope_spans", "schema_url"};
constexpr FieldNames resource_fields = {"", "attributes", "dropped_attributes_count"};
constexpr FieldNames scope_spans_fields = {"", "scope", "spans", "schema_url"};
constexpr FieldNames scope_fields = {"", "name", "version", "attributes", "dropped_attributes_count"};

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

}  // namespace

ProtobufDecoder::ProtobufDecoder(std::string body) : common_(body.size()) {
  body_ = common_.out.batch.arena.adopt(std::move(body));
  common_.out.batch.otlp = body_;
}

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
  static constexpr Span empty;
  Span& into = spans.emplace_back(empty);  // copied: a fresh one would be zeroed byte by byte
  common_.rejection.reset();
  if (message.size() > Limits::span_bytes_max) {
    common_.reject(Rejection::span_too_large);
  } else {
    if (!span(message, into)) return false;
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

std::string ProtobufDecoder::place() const {
  return "resource_spans[" + std::to_string(resource_index_) + "].scope_spans[" + std::to_string(scope_index_) +
         "].spans[" + std::to_string(span_index_) + "]";
}

Result<Decoded> decode(std::string body) { return ProtobufDecoder(std::move(body)).run(); }

}  // namespace filo::wire::otlp
