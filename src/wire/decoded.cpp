#include "wire/decoded.h"

#include <numeric>

namespace filo::wire {

std::string_view name_of(Rejection reason) {
  switch (reason) {
    case Rejection::trace_id:
      return "trace_id";
    case Rejection::span_id:
      return "span_id";
    case Rejection::parent_id:
      return "parent_id";
    case Rejection::link_id:
      return "link_id";
    case Rejection::time:
      return "time";
    case Rejection::too_many_attributes:
      return "too_many_attributes";
    case Rejection::too_many_events:
      return "too_many_events";
    case Rejection::too_many_links:
      return "too_many_links";
    case Rejection::too_deep:
      return "too_deep";
    case Rejection::key_too_long:
      return "key_too_long";
    case Rejection::span_too_large:
      return "span_too_large";
    case Rejection::not_a_span:
      return "not_a_span";
  }
  return "unknown";
}

std::string_view explain(Rejection reason) {
  switch (reason) {
    case Rejection::trace_id:
      return "the trace id must be 16 bytes that are not all zero";
    case Rejection::span_id:
      return "the span id must be 8 bytes that are not all zero";
    case Rejection::parent_id:
      return "the parent's span id must be empty or 8 bytes";
    case Rejection::link_id:
      return "a link's trace id must be 16 bytes and its span id 8 bytes";
    case Rejection::time:
      return "a time is not a number of nanoseconds before the year 2262";
    case Rejection::too_many_attributes:
      return "a list has more than 65536 attributes or values";
    case Rejection::too_many_events:
      return "more than 65536 events";
    case Rejection::too_many_links:
      return "more than 65536 links";
    case Rejection::too_deep:
      return "arrays and maps are nested more than 32 deep";
    case Rejection::key_too_long:
      return "an attribute's key is longer than 65535 bytes";
    case Rejection::span_too_large:
      return "larger than 16 MiB";
    case Rejection::not_a_span:
      return "a field holds a value of another type";
  }
  return "rejected";
}

std::uint64_t Rejections::total() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

}  // namespace filo::wire
