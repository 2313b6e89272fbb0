// TraceId and SpanId: sixteen and eight bytes that only need to be equal or not. Text appears at the rims alone.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/hex.h"

namespace filo {

// As written on the wire (big-endian), so that hex digits and numeric order agree. A 64-bit id has high == 0.
struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const TraceId&) const = default;
  bool is_zero() const { return high == 0 && low == 0; }
  // Spreads evenly even for sequential ids; decides the shard, so it never changes.
  std::uint64_t hash() const { return mix64(low ^ mix64(high)); }
};

struct SpanId {
  std::uint64_t value = 0;

  auto operator<=>(const SpanId&) const = default;
  bool is_zero() const { return value == 0; }
};

std::string to_hex(TraceId id);  // 32 digits
inline std::string to_hex(SpanId id) { return to_hex(id.value); }
// 1 to 32 hexadecimal digits; shorter ones are padded on the left, so "9aa" and its 32-digit form are one id.
std::optional<TraceId> parse_trace_id(std::string_view text);
std::optional<SpanId> parse_span_id(std::string_view text);
// Exactly 16 (8) bytes, or nothing.
std::optional<TraceId> trace_id_from_bytes(std::string_view bytes);
std::optional<SpanId> span_id_from_bytes(std::string_view bytes);
void append_bytes(std::string& out, TraceId id);
void append_bytes(std::string& out, SpanId id);

}  // namespace filo

template <>
struct std::hash<filo::TraceId> {
  std::size_t operator()(filo::TraceId id) const noexcept { return id.hash(); }
};
template <>
struct std::hash<filo::SpanId> {
  std::size_t operator()(filo::SpanId id) const noexcept { return filo::mix64(id.value); }
};
