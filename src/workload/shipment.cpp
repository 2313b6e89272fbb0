#include "workload/shipment.h"

#include <algorithm>

#include "base/hash.h"

namespace filo::workload {
namespace {

// One number for each question, so that the answers do not hang together.
enum class Fate : std::uint64_t { rootless = 1, late_trace, late_span, duplicated };

bool meets(Fate fate, std::uint64_t id, double chance) {
  const std::uint64_t bits = mix64(id ^ mix64(static_cast<std::uint64_t>(fate)));
  return static_cast<double>(bits >> 11) * 0x1p-53 < chance;
}

}  // namespace

Shipment ship(const Workload& workload, const Mishaps& mishaps, std::uint64_t first, std::size_t count) {
  Shipment shipment{.batch = workload.traces(first, count)};
  auto& spans = shipment.batch.spans;
  for (auto& span : spans) {
    if (!span.parent_id.is_zero() || !meets(Fate::rootless, span.trace_id.low, mishaps.rootless)) continue;
    span.parent_id = SpanId{mix64(span.id.value) | 1};
  }
  const auto is_prompt = [&mishaps](const Span& span) {
    return !meets(Fate::late_trace, span.trace_id.low, mishaps.late) || !meets(Fate::late_span, span.id.value, 1.0 / 3);
  };
  const auto late = std::stable_partition(spans.begin(), spans.end(), is_prompt);
  std::vector<Span> again;
  std::copy_if(spans.begin(), late, std::back_inserter(again),
               [&](const Span& span) { return meets(Fate::duplicated, span.id.value, mishaps.duplicated); });
  shipment.prompt = static_cast<std::size_t>(late - spans.begin()) + again.size();
  spans.insert(late, again.begin(), again.end());
  return shipment;
}

}  // namespace filo::workload
