#include "propagation/jaeger.h"

namespace filo::propagation {
namespace {

constexpr std::string_view trace_name = "uber-trace-id";
constexpr std::string_view baggage_prefix = "uberctx-";
constexpr std::string_view manual_baggage_name = "jaeger-baggage";
constexpr std::string_view debug_name = "jaeger-debug-id";

constexpr unsigned flag_sampled = 1;
constexpr unsigned flag_debug = 2;
constexpr unsigned flag_firehose = 8;

// 32 + 16 + 16 + 2 digits and three separators, which may be percent-encoded.
constexpr std::size_t value_bytes_max = 66 + 3 * 3;
constexpr std::size_t debug_id_bytes_max = 256;

std::string_view take_field(std::string_view& rest) {
  std::size_t at = 0;
  while (at < rest.size() && rest[at] != ':' && rest[at] != '%') ++at;
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(taken.size());
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
  } else if (is_name(rest.substr(0, 3), "%3a")) {
    rest.remove_prefix(3);
  }
  return taken;
}

// trace:span:parent:flags, hexadecimal, with or without leading zeros.
bool parse_trace_header(std::string_view text, Identity& identity) {
  if (text.size() > value_bytes_max) return false;
  const std::string_view trace_id = take_field(text);
  const std::string_view span_id = take_field(text);
  const std::string_view parent_id = take_field(text);
  std::uint64_t flags = 0;
  if (!parse_hex(trace_id, HexCase::any, identity.trace_id) || !parse_hex(span_id, HexCase::any, identity.span_id) ||
      !parse_hex(parent_id, HexCase::any, identity.parent_id) || text.size() > 2 ||
      !parse_hex(text, HexCase::any, flags) || !identity.has_ids()) {
    return false;
  }
  identity.short_trace_id = trace_id.size() <= 16;
  identity.decision = (flags & flag_sampled) != 0 ? Decision::sample : Decision::drop;
  if ((flags & flag_debug) != 0) identity.decision = Decision::debug;
  identity.firehose = (flags & flag_firehose) != 0;
  return true;
}

// k1=v1, k2=v2: written by people, so taken as it stands.
void extract_manual_baggage(std::string_view list, Baggage& baggage) {
  while (!list.empty()) {
    std::string_view value = trimmed(take_until(list, ','));
    if (value.empty()) continue;
    const bool pair = value.find('=') != std::string_view::npos;
    const std::string_view key = trimmed(take_until(value, '='));
    if (!pair || key.empty()) {
      baggage.refuse();
    } else {
      baggage.add({.key = key, .value = trimmed(value)});
    }
  }
}

}  // namespace

std::span<const std::string_view> JaegerFormat::header_names() const {
  static constexpr std::string_view names[] = {trace_name, baggage_prefix};
  return names;
}

Extraction JaegerFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  std::string_view trace;
  std::string_view debug_id;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (starts_with_name(name, baggage_prefix)) {
      const std::string_view key = name.substr(baggage_prefix.size());
      const auto decoded = carrier_ == Carrier::http ? percent_decoded(value, Plus::space, scratch) : value;
      if (key.empty() || !decoded) return context.baggage.refuse();
      context.baggage.add({.key = key, .value = *decoded});
    } else if (is_name(name, trace_name)) {
      if (trace.data() == nullptr) trace = trimmed(value.data() == nullptr ? "" : value);
    } else if (is_name(name, manual_baggage_name)) {
      value.size() <= Baggage::bytes_max ? extract_manual_baggage(value, context.baggage) : context.baggage.refuse();
    } else if (is_name(name, debug_name)) {
      if (debug_id.empty()) debug_id = trimmed(value);
    }
  });
  if (trace.data() != nullptr) {
    return parse_trace_header(trace, context) ? Extraction::taken : malformed(context);
  }
  if (debug_id.empty()) return Extraction::absent;
  if (debug_id.size() > debug_id_bytes_max) return Extraction::malformed;
  context.debug_id = debug_id;
  context.decision = Decision::debug;
  return Extraction::taken;
}

bool JaegerFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  bool all = true;
  ScratchText out(scratch);
  if (context.has_ids()) {
    unsigned flags = context.firehose ? flag_firehose : 0;
    if (context.recorded()) flags |= flag_sampled;
    // Go's client reads the flags as a decimal number, so they have to stay below ten.
    if (context.decision == Decision::debug) flags = flag_debug | flag_sampled;
    if (!context.short_trace_id || context.trace_id.high != 0) out.add_hex(context.trace_id.high);
    out.add_hex(context.trace_id.low).add(':').add_hex(context.span_id.value).add(':');
    context.parent_id.is_zero() ? out.add('0') : out.add_hex(context.parent_id.value);
    out.add(':').add(static_cast<char>('0' + flags));
    all = out.ok();
    if (all) headers.set(trace_name, out.view());
  }
  for (const BaggageItem& item : context.baggage) {
    out.cut(0);
    out.add(baggage_prefix).add(item.key);
    const std::size_t name_bytes = out.size();
    const bool encoded = carrier_ == Carrier::http;
    encoded ? out.add_percent(item.value, Letters::unreserved) : out.add(item.value);
    if (out.ok() && is_safe_name(item.key) && (encoded || is_safe_value(item.value))) {
      headers.set(out.view().substr(0, name_bytes), out.view().substr(name_bytes));
    } else {
      all = false;
    }
  }
  return all;
}

}  // namespace filo::propagation
