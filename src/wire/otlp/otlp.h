// OTLP traces ⇄ model: ExportTraceServiceRequest and TracesData (one layout) in protobuf and in JSON. Pure functions,
// any thread. docs/decisions/0005-wire-otlp.md says what is refused, what is mended and why; docs/limits.md how much.
//
// An Error means that the whole request is malformed (invalid_argument, with the field's path and the offset) or would
// need far more memory than it has bytes (too_large). A span that is bad in itself is left out and counted.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/span.h"
#include "model/trace.h"
#include "wire/decoded.h"

namespace filo::wire::otlp {

// The batch keeps the body (batch.otlp) and points into it.
Result<Decoded> decode(std::string body);
Result<Decoded> decode_json(std::string_view body);

// Spans that follow each other under one resource and scope share them on the wire too, so their order is kept.
std::string encode(std::span<const Span> spans);
std::string encode(const Trace& trace);

// TracesData in OTLP JSON: ids in hex, 64-bit integers as strings, enums as numbers.
void append_json(std::string& out, const Trace& trace);

}  // namespace filo::wire::otlp
