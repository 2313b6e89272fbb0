// The questions that people ask of stored traces, and what an answer rests on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filter/span_filter.h"
#include "model/trace.h"

namespace filo::query {

// Start of a span: from <= start < to.
struct TimeRange {
  Timestamp from{INT64_MIN};
  Timestamp to{INT64_MAX};

  bool contains(Timestamp t) const { return from <= t && t < to; }
};

// A trace's place in search results: by its newest matching span, newest first, ties by trace id, greater first. Total,
// so that pages neither overlap nor skip.
struct Place {
  Timestamp newest_match;
  TraceId trace_id;

  auto operator<=>(const Place&) const = default;  // greater comes first in results
};

struct TraceQuery {
  filter::SpanFilter filter;
  TimeRange range;
  std::size_t limit = 100;
  std::optional<Place> after;  // only what comes after this place: the next page
};

// What was looked at to answer, and whether that was everything that should have been.
struct ScanReport {
  std::uint64_t spans = 0;
  std::uint64_t bytes = 0;
  bool complete = true;
  std::vector<std::string> warnings;  // why not; at most a few

  void add(const ScanReport& other);
  // Not complete, because of this; said once however often it happens.
  void warn(std::string warning);
};

enum class FacetKind : std::uint8_t { service, operation, attribute_key, attribute_value };

// What names and values occur. Counts are of spans; exact where cheap, never less than one for what occurs.
struct FacetQuery {
  FacetKind kind = FacetKind::service;
  std::string service;                       // only of this service; empty for all (ignored for services)
  filter::Level level = filter::Level::any;  // of attribute_value
  std::string key;                           // of attribute_value
  std::string prefix;
  std::size_t limit = 1000;
};

struct Facet {
  std::string name;  // service, operation, key, or value as text
  std::uint64_t spans = 0;
  SpanKind kind = SpanKind::unspecified;      // of an operation; one facet for each kind
  filter::Level level = filter::Level::span;  // of a key
  ValueType type = ValueType::string;         // of a key; one facet for each type
};

struct FacetPage {
  std::vector<Facet> facets;  // sorted by name; for attribute_value by spans, most first
  ScanReport scan;
};

}  // namespace filo::query
