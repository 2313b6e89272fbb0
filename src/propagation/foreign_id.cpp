#include "propagation/foreign_id.h"

#include <bit>
#include <cstring>

#include "base/hash.h"
#include "propagation/text.h"

namespace filo::propagation {
namespace {

constexpr std::size_t rpc_id_bytes_max = 256;
constexpr std::size_t trace_text_bytes_max = 128;
constexpr int rpc_id_levels_max = 100;

static_assert(std::endian::native == std::endian::little, "text_hash reads little-endian words; swap bytes to port");

// mix64 over words of eight bytes, the last one padded with zeros; the length decides where it starts, so padding is
// no text of its own.
std::uint64_t text_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = mix64(seed + text.size());
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = mix64(hash ^ word);
  }
  if (text.empty()) return hash;
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), text.size());
  return mix64(hash ^ word);
}

TraceId hashed_trace_id(std::string_view text) {
  return {text_hash(text, 0x9e3779b97f4a7c15U), text_hash(text, 0xc2b2ae3d27d4eb4fU)};
}

bool is_native_span_id(std::string_view text, SpanId& id) {
  return text.size() == 16 && parse_hex(text, HexCase::lower, id);
}

}  // namespace

TraceId trace_id_of_text(std::string_view text) {
  std::string_view digits = text;
  if (digits.ends_with('T')) digits.remove_suffix(1);
  TraceId id;
  return parse_hex(digits, HexCase::any, id) ? id : hashed_trace_id(text);
}

bool is_trace_text(std::string_view text) {
  return !text.empty() && text.size() <= trace_text_bytes_max && are_all(text, Letters::trace_text);
}

void add_trace_text(ScratchText& out, const Identity& identity) {
  if (is_trace_text(identity.trace_text)) {
    out.add(identity.trace_text);
  } else {
    out.add_hex(identity.trace_id.high).add_hex(identity.trace_id.low);
  }
}

TraceId trace_id_of_skywalking(std::string_view text) {
  TraceId id;
  return text.size() == 32 && parse_hex(text, HexCase::any, id) ? id : hashed_trace_id(text);
}

SpanId span_id_of_rpc_id(std::string_view rpc_id) {
  SpanId id;
  if (is_native_span_id(rpc_id, id)) return id;
  id.value = 0xcbf29ce484222325U;
  for (const char c : rpc_id) id.value = (id.value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return id;
}

std::string_view parent_of_rpc_id(std::string_view rpc_id) {
  const std::size_t dot = rpc_id.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : rpc_id.substr(0, dot);
}

bool is_rpc_id(std::string_view text) {
  if (text.empty() || text.size() > rpc_id_bytes_max || text.back() == '.') return false;
  std::string_view levels = text;
  SpanId native;
  const bool below_native = is_native_span_id(text.substr(0, text.find('.')), native);
  if (below_native) {
    if (native.is_zero()) return false;
    take_until(levels, '.');
  }
  int count = below_native ? 1 : 0;
  while (!levels.empty()) {
    const std::string_view level = take_until(levels, '.');
    std::int64_t number = 0;
    if (++count > rpc_id_levels_max || !parse_decimal(level, number)) return false;
  }
  return true;
}

SpanId span_id_of_segment(std::string_view segment_id, std::int32_t span_index) {
  SpanId id;
  if (span_index == 0 && is_native_span_id(segment_id, id)) return id;
  return {mix64(text_hash(segment_id, 0x165667b19e3779f9U) + static_cast<std::uint64_t>(span_index))};
}

}  // namespace filo::propagation
