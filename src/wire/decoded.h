// Decoded: what every dialect's decoder returns for one request: the good spans, and why the others were left out. A
// request that is not in its format at all has no Decoded but an Error.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/span_batch.h"

namespace filo::wire {

// Why a span was left out of its batch. The others of the request are kept.
enum class Rejection : std::uint8_t {
  trace_id,             // not sixteen bytes, or all zero
  span_id,              // not eight bytes, or all zero
  parent_id,            // neither empty nor eight bytes
  link_id,              // a link's trace or span id is neither empty nor of its length
  time,                 // beyond 2262-04-11, or not a number
  too_many_attributes,  // Limits::attributes_max in one list
  too_many_events,      // Limits::events_max
  too_many_links,       // Limits::events_max
  too_deep,             // Limits::value_depth_max
  key_too_long,         // Limits::key_bytes_max
  span_too_large,       // Limits::span_bytes_max
  not_a_span,           // a dialect that can say so: a value of another type where a span's field belongs
};
inline constexpr std::size_t rejection_reasons = 12;
std::string_view name_of(Rejection reason);  // "too_many_attributes": in metrics
std::string_view explain(Rejection reason);  // a sentence for the sender, with the limit

struct Rejections {
  std::array<std::uint64_t, rejection_reasons> counts{};
  std::string first;  // names the place and the reason of the first one, for the sender

  void add(Rejection reason, std::uint64_t spans = 1) { counts[static_cast<std::size_t>(reason)] += spans; }
  std::uint64_t total() const;
};

struct Decoded {
  SpanBatch batch;
  Rejections rejected;
};

}  // namespace filo::wire
