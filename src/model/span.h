// What a span is: a lossless superset of OTLP's, independent of every dialect. All of these are trivially copyable
// views whose strings and lists belong to a SpanBatch's arena.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "model/attribute.h"
#include "model/ids.h"

namespace filo {

enum class SpanKind : std::uint8_t {
  unspecified = 0,
  internal = 1,
  server = 2,
  client = 3,
  producer = 4,
  consumer = 5
};
enum class StatusCode : std::uint8_t { unset = 0, ok = 1, error = 2 };
std::string_view name_of(SpanKind kind);    // "server"
std::string_view name_of(StatusCode code);  // "error"

// The service of a resource that does not name one (OpenTelemetry's own default).
inline constexpr std::string_view unknown_service = "unknown_service";

struct Resource {
  std::span<const Attribute> attributes;
  std::string_view schema_url;
  std::string_view service;  // the string attribute service.name, else unknown_service; set by finish()
  std::uint32_t dropped_attributes = 0;

  void finish();  // call once when the attributes are in
};

struct Scope {
  std::string_view name;
  std::string_view version;
  std::string_view schema_url;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes = 0;
};

struct Event {
  Timestamp time;
  std::string_view name;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes = 0;
};

struct Link {
  TraceId trace_id;
  SpanId span_id;
  std::string_view trace_state;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t flags = 0;
};

struct Span {
  TraceId trace_id;
  SpanId id;
  SpanId parent_id;  // zero for a root
  Timestamp start;
  Timestamp end;  // as sent: may lie before start
  std::string_view name;
  std::string_view trace_state;
  std::string_view status_message;
  std::span<const Attribute> attributes;
  std::span<const Event> events;
  std::span<const Link> links;
  const Resource* resource = nullptr;  // never null once in a batch
  const Scope* scope = nullptr;        // never null once in a batch
  std::uint32_t flags = 0;             // OTLP: W3C trace flags in the low byte, parent-is-remote in bits 8 and 9
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
  SpanKind kind = SpanKind::unspecified;
  StatusCode status = StatusCode::unset;

  Duration duration() const { return end - start; }
  bool is_error() const { return status == StatusCode::error; }
};

// Equal in everything that was sent, resource and scope included.
bool equal(const Resource& a, const Resource& b);
bool equal(const Scope& a, const Scope& b);
bool equal(const Span& a, const Span& b);

}  // namespace filo
