#include "query/trace_summary.h"

#include <algorithm>
#include <unordered_map>

namespace filo::query {
namespace {

SpanHead head_of(const Span& span) {
  return {.id = span.id,
          .service = std::string(span.resource->service),
          .operation = std::string(span.name),
          .kind = span.kind,
          .start = span.start,
          .duration = span.duration(),
          .error = span.is_error()};
}

std::vector<ServiceCount> count_services(const Trace& trace) {
  std::vector<ServiceCount> services;
  std::unordered_map<std::string_view, std::size_t> index;
  for (const auto& span : trace.spans) {
    const auto [entry, added] = index.emplace(span.resource->service, services.size());
    if (added) services.push_back({std::string(span.resource->service), 0, 0});
    auto& service = services[entry->second];
    ++service.spans;
    if (span.is_error()) ++service.errors;
  }
  std::sort(services.begin(), services.end(), [](const ServiceCount& a, const ServiceCount& b) {
    return a.spans != b.spans ? a.spans > b.spans : a.name < b.name;
  });
  return services;
}

}  // namespace

const Span* newest_match(const Trace& trace, const filter::SpanFilter& filter, const TimeRange& range) {
  const Span* newest = nullptr;
  for (const auto& span : trace.spans) {
    if (!range.contains(span.start)) continue;
    if (newest != nullptr && span.start <= newest->start) continue;
    if (filter::matches(filter, span)) newest = &span;
  }
  return newest;
}

TraceSummary summarize(const Trace& trace, const Span& match) {
  TraceSummary summary;
  summary.id = trace.id;
  if (const Span* root = trace.root()) summary.root = head_of(*root);
  summary.start = trace.start;
  summary.duration = trace.duration();
  summary.spans = trace.spans.size();
  summary.services = count_services(trace);
  for (const auto& service : summary.services) summary.errors += service.errors;
  summary.match = head_of(match);
  return summary;
}

}  // namespace filo::query
