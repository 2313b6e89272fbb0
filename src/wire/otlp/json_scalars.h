// Scalars as OTLP JSON spells them (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) and as older
// senders did. `text` is a string's content or a number's token. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/attribute.h"
#include "model/ids.h"
#include "model/span.h"

namespace filo::wire::otlp {

// Whole numbers, also written as 1.7e18 or 5.0.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
// An int64, or the double that it was when it is beyond one: senders mark every whole float as an integer.
std::optional<AttributeValue> parse_int_value(std::string_view text);
std::optional<double> parse_double(std::string_view text);            // "NaN", "Infinity" and "-Infinity" too
std::optional<std::string> bytes_from_base64(std::string_view text);  // standard or URL alphabet, padded or not
// A number or an enumerator's name; unknown ones are unspecified, unset.
SpanKind parse_kind(std::string_view text);
StatusCode parse_status(std::string_view text);
// "trace_id" → "traceId": proto3 JSON parsers take both spellings.
std::string to_camel_case(std::string_view name);
// Hex, else base64 when that has the id's length.
std::optional<TraceId> parse_json_trace_id(std::string_view text);
std::optional<SpanId> parse_json_span_id(std::string_view text);

}  // namespace filo::wire::otlp
