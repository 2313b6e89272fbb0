// Native ids for systems whose ids are texts. The text itself travels on verbatim (Identity::trace_text, rpc_id,
// segment_id); these numbers only need to come out the same wherever the text is seen, in a header or in a report, and
// in every release.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/ids.h"
#include "propagation/context.h"
#include "propagation/scratch.h"

namespace filo::propagation {

// SOFATracer and EagleEye: up to 32 hexadecimal digits are the id, padded on the left; a trailing `T` marks load tests
// and does not count. Other texts are hashed. Zero only for what stands for zero.
TraceId trace_id_of_text(std::string_view text);
// Letters, digits and ".-_:", at most 128: what may be written into a header without encoding.
bool is_trace_text(std::string_view text);
// The trace id as the system it comes from writes it; 32 hexadecimal digits when there is no such text.
void add_trace_text(ScratchText& out, const Identity& identity);
// SkyWalking: exactly 32 hexadecimal digits are the id; other texts are hashed.
TraceId trace_id_of_skywalking(std::string_view text);

// An RPC id such as "0.1.2": FNV-1a of its characters, as SOFATracer's own Zipkin plug-in does. 16 hexadecimal digits
// are a native id.
SpanId span_id_of_rpc_id(std::string_view rpc_id);
// "0.1" of "0.1.2"; empty for a root.
std::string_view parent_of_rpc_id(std::string_view rpc_id);
// Digits and dots, at most 100 levels; or 16 hexadecimal digits, perhaps with levels below them.
bool is_rpc_id(std::string_view text);

// A span of a segment. Span 0 of a segment of 16 hexadecimal digits is the native span of that id: so a native span
// writes itself into `sw8`.
SpanId span_id_of_segment(std::string_view segment_id, std::int32_t span_index);

}  // namespace filo::propagation
