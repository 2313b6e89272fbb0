#include "model/ids.h"

#include <cstring>

namespace filo {
namespace {

std::uint64_t load_big_endian(const char* bytes) {
  std::uint64_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return __builtin_bswap64(value);
}

void append_big_endian(std::string& out, std::uint64_t value) {
  const std::uint64_t swapped = __builtin_bswap64(value);
  out.append(reinterpret_cast<const char*>(&swapped), sizeof(swapped));
}

}  // namespace

std::string to_hex(TraceId id) {
  std::string out;
  append_hex(out, id.high);
  append_hex(out, id.low);
  return out;
}

std::optional<TraceId> parse_trace_id(std::string_view text) {
  if (text.size() > 32) return std::nullopt;
  const std::size_t high_digits = text.size() > 16 ? text.size() - 16 : 0;
  const auto low = parse_hex64(text.substr(high_digits));
  if (!low) return std::nullopt;
  if (high_digits == 0) return TraceId{0, *low};
  const auto high = parse_hex64(text.substr(0, high_digits));
  if (!high) return std::nullopt;
  return TraceId{*high, *low};
}

std::optional<SpanId> parse_span_id(std::string_view text) {
  const auto value = parse_hex64(text);
  if (!value) return std::nullopt;
  return SpanId{*value};
}

std::optional<TraceId> trace_id_from_bytes(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  return TraceId{load_big_endian(bytes.data()), load_big_endian(bytes.data() + 8)};
}

std::optional<SpanId> span_id_from_bytes(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return SpanId{load_big_endian(bytes.data())};
}

void append_bytes(std::string& out, TraceId id) {
  append_big_endian(out, id.high);
  append_big_endian(out, id.low);
}

void append_bytes(std::string& out, SpanId id) { append_big_endian(out, id.value); }

}  // namespace filo
