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
  return common_.take("OTLP");
}

bool ProtobufDecoder::request() {
  common_.out.batch.spans.reserve(count_spans(body_));
  Reader reader(body_);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        if (!resource_spans(reader.bytes())) return within("resource_spans", common_.resource_index);
        ++common_.resource_index;
        break;
      default:
        reader.skip(known(request_fields));
    }
  }
  return checked(reader, request_fields);
}

template <const FieldNames& names, typename Owner>
bool ProtobufDecoder::group(std::string_view message, Owner& owner,
                            bool (ProtobufDecoder::*decode_owner)(std::string_view, Owner&), std::size_t& index,
                            bool (ProtobufDecoder::*decode_owned)(std::string_view)) {
  const char* const owner_name = names.begin()[1];
  const std::size_t first_span = common_.out.batch.spans.size();
  std::optional<Rejection> rejection;
  index = 0;
  Reader reader(message);
  while (reader.next()) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        if (!common_.decode_owner(rejection, [&] { return (this->*decode_owner)(reader.bytes(), owner); })) {
          return within(owner_name);
        }
        break;
      case tag(2, WireType::bytes):
        if (!(this->*decode_owned)(reader.bytes())) return within(names.begin()[2], index);
        ++index;
        break;
      case tag(3, WireType::bytes):
        owner.schema_url = reader.bytes();
        break;
      default:
        reader.skip(known(names));
    }
  }
  common_.leave_out_from(first_span, rejection, place() + "." + owner_name);
  return checked(reader, names);
}

bool ProtobufDecoder::resource_spans(std::string_view message) {
  // Spans point at their resource before it is known: fields may come in any order.
  Resource& here = common_.out.batch.arena.array<Resource>(1).front();
  common_.resource = &here;
  const bool is_good = group<resource_spans_fields>(message, here, &ProtobufDecoder::resource, common_.scope_index,
                                                    &ProtobufDecoder::scope_spans);
  here.finish();
  return is_good;
}

bool ProtobufDecoder::scope_spans(std::string_view message) {
  Scope& here = common_.out.batch.arena.array<Scope>(1).front();
  common_.scope = &here;
  return group<scope_spans_fields>(message, here, &ProtobufDecoder::scope, common_.span_index, &ProtobufDecoder::spans);
}

bool ProtobufDecoder::resource(std::string_view message, Resource& into) {
  if (message.size() > Limits::span_bytes_max) return common_.reject(Rejection::span_too_large), true;
  return with_attributes<resource_fields, 1>(message, into, [](Reader&) { return false; });
}

bool ProtobufDecoder::scope(std::string_view message, Scope& into) {
  if (message.size() > Limits::span_bytes_max) return common_.reject(Rejection::span_too_large), true;
  return with_attributes<scope_fields, 3>(message, into, [&into](Reader& reader) {
    switch (reader.tag()) {
      case tag(1, WireType::bytes):
        into.name = reader.bytes();
        return true;
      case tag(2, WireType::bytes):
        into.version = reader.bytes();
        return true;
      default:
        return false;
    }
  });
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
  }
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

Result<Decoded> decode(std::string body) { return ProtobufDecoder(std::move(body)).run(); }

}  // namespace filo::wire::otlp
