// TraceSummary: what a list of traces shows of one. Owns its text, so it outlives the trace. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/trace_query.h"

namespace filo::query {

struct SpanHead {
  SpanId id;
  std::string service;
  std::string operation;
  SpanKind kind = SpanKind::unspecified;
  Timestamp start;
  Duration duration{};
  bool error = false;
};

struct ServiceCount {
  std::string name;
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;
};

struct TraceSummary {
  TraceId id;
  std::optional<SpanHead> root;  // while no span without a parent is known, there is none
  Timestamp start;
  Duration duration{};
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;
  std::vector<ServiceCount> services;  // most spans first, then by name
  SpanHead match;                      // the newest span that the filter and the range mean

  Place place() const { return {match.start, id}; }
};

// The newest span in the range that meets the filter; of equally new ones the first in the trace's order.
const Span* newest_match(const Trace& trace, const filter::SpanFilter& filter, const TimeRange& range);
TraceSummary summarize(const Trace& trace, const Span& match);

}  // namespace filo::query
