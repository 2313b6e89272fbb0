// What names, keys and values occur in a part, and in how many spans: from the part's tables where they know it, else
// from the columns that are needed. Each function goes on behind a damaged page and returns the first error at the end;
// deadline_exceeded when there was no time for all pages.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "parts/part.h"

namespace filo::parts {

// Spans that are alike.
struct SpanGroup {
  const Resource* resource = nullptr;
  const Scope* scope = nullptr;
  std::string_view name;
  SpanKind kind = SpanKind::unspecified;
  const Shape* shape = nullptr;  // its columns are those of Contents
  std::uint64_t spans = 0;
};
// Every span is in one group; a group may come several times.
Result<void> visit_groups(const Part& part, const Contents& contents, Deadline deadline,
                          const std::function<void(const SpanGroup&)>& visit);

// Spans that have events, or attributes without a shape; these alone are set in `span`.
Result<void> visit_loose_spans(const Part& part, const Contents& contents, Deadline deadline,
                               const std::function<void(const Span&)>& visit);

// Values of an attribute of spans, for spans whose resource is wanted (one byte a resource). A value may come several
// times.
struct ValueVisit {
  std::string_view key;
  const std::vector<std::uint8_t>& wanted_resources;
  const std::function<void(const AttributeValue&, std::uint64_t spans)>& visit;
};
Result<void> visit_values(const Part& part, const Contents& contents, Deadline deadline, const ValueVisit& what);

}  // namespace filo::parts
