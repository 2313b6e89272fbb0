#include "wire/otlp/json_scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace filo::wire::otlp {
namespace {

template <typename T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

constexpr std::array<std::int16_t, 256> base64_digits = [] {
  std::array<std::int16_t, 256> digits{};
  digits.fill(-1);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int16_t>(i);
  }
  digits['-'] = 62;
  digits['_'] = 63;
  return digits;
}();

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (const auto value = parse_whole<std::uint64_t>(text)) return value;
  const auto value = parse_whole<double>(text);
  constexpr double limit = 18446744073709551616.0;  // 2^64
  if (!value || !(*value >= 0) || *value >= limit || std::trunc(*value) != *value) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<AttributeValue> parse_int_value(std::string_view text) {
  if (const auto value = parse_whole<std::int64_t>(text)) return AttributeValue::of_int(*value);
  const auto value = parse_double(text);
  if (!value) return std::nullopt;
  constexpr double limit = 9223372036854775808.0;  // 2^63
  const bool fits = *value >= -limit && *value < limit && std::trunc(*value) == *value;
  return fits ? AttributeValue::of_int(static_cast<std::int64_t>(*value)) : AttributeValue::of_double(*value);
}

std::optional<double> parse_double(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  // from_chars also knows "inf" and "nan(…)", which JSON does not.
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (first >= text.size() || text[first] < '0' || text[first] > '9') return std::nullopt;
  double value{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ptr != end) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) {
    const auto exponent = text.find_first_of("eE");
    const bool is_tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    return std::copysign(is_tiny ? 0.0 : HUGE_VAL, first == 1 ? -1.0 : 1.0);
  }
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::string> bytes_from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digits[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xff));
    }
  }
  return out;
}

SpanKind parse_kind(std::string_view text) {
  constexpr std::string_view prefix = "SPAN_KIND_";
  if (text.starts_with(prefix)) {
    constexpr std::string_view names[] = {"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
    const auto* found = std::find(std::begin(names), std::end(names), text.substr(prefix.size()));
    return found == std::end(names) ? SpanKind::unspecified : static_cast<SpanKind>(found - std::begin(names));
  }
  const auto number = parse_unsigned(text);
  return number && *number <= 5 ? static_cast<SpanKind>(*number) : SpanKind::unspecified;
}

StatusCode parse_status(std::string_view text) {
  if (text == "STATUS_CODE_OK") return StatusCode::ok;
  if (text == "STATUS_CODE_ERROR") return StatusCode::error;
  const auto number = parse_unsigned(text);
  return number && *number <= 2 ? static_cast<StatusCode>(*number) : StatusCode::unset;
}

std::string to_camel_case(std::string_view name) {
  std::string camel;
  for (std::size_t i = 0; i < name.size() && i < 64; ++i) {  // ours are shorter
    const bool is_joint = name[i] == '_' && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
    camel.push_back(is_joint ? static_cast<char>(name[++i] - 'a' + 'A') : name[i]);
  }
  return camel;
}

std::optional<TraceId> parse_json_trace_id(std::string_view text) {
  if (text.size() == 32) return parse_trace_id(text);
  if (text.size() != 22 && text.size() != 24) return std::nullopt;
  const auto bytes = bytes_from_base64(text);
  return bytes ? trace_id_from_bytes(*bytes) : std::nullopt;
}

std::optional<SpanId> parse_json_span_id(std::string_view text) {
  if (text.size() == 16) return parse_span_id(text);
  if (text.size() != 11 && text.size() != 12) return std::nullopt;
  const auto bytes = bytes_from_base64(text);
  return bytes ? span_id_from_bytes(*bytes) : std::nullopt;
}

}  // namespace filo::wire::otlp
