#include "propagation/w3c.h"

namespace filo::propagation {
namespace {

constexpr std::size_t traceparent_bytes = 55;
// A member of more is the first to go when a tracestate is too long.
constexpr std::size_t long_member_bytes = 128;
// What is looked at of one tracestate, so that a hostile one costs little.
constexpr std::size_t tracestate_untrusted_bytes_max = 8192;
constexpr unsigned flag_sampled = 1;
constexpr unsigned flag_random = 2;

// 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01. Later versions may go on behind a dash, and then only what
// version 00 knows counts.
bool parse_traceparent(std::string_view text, Identity& identity) {
  if (text.size() < traceparent_bytes || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  std::uint64_t version = 0;
  std::uint64_t flags = 0;
  TraceId trace_id;
  SpanId span_id;
  if (!parse_hex(text.substr(0, 2), HexCase::lower, version) || version == 0xff) return false;
  if (text.size() > traceparent_bytes && (version == 0 || text[traceparent_bytes] != '-')) return false;
  if (!parse_hex(text.substr(3, 32), HexCase::lower, trace_id) || trace_id.is_zero()) return false;
  if (!parse_hex(text.substr(36, 16), HexCase::lower, span_id) || span_id.is_zero()) return false;
  if (!parse_hex(text.substr(53, 2), HexCase::lower, flags)) return false;
  identity.trace_id = trace_id;
  identity.span_id = span_id;
  identity.decision = (flags & flag_sampled) != 0 ? Decision::sample : Decision::drop;
  identity.random_trace_id = (flags & flag_random) != 0;
  return true;
}

// Key: lower-case letters, digits and _-*/@, beginning with one of the first two. Value: visible characters and inner
// spaces but ',' and '='. Each at most 256.
bool is_member(std::string_view member) {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = member.substr(0, equals);
  const std::string_view value = member.substr(equals + 1);
  if (key.empty() || key.size() > 256 || value.empty() || value.size() > 256) return false;
  const bool first = (key.front() >= 'a' && key.front() <= 'z') || (key.front() >= '0' && key.front() <= '9');
  return first && are_all(key, Letters::state_key) && are_all(value, Letters::state_value);
}

// Only well-formed members, at most 32 of them; empty ones do not count. One bad member spoils the list.
bool is_tracestate(std::string_view text) {
  std::size_t members = 0;
  while (!text.empty()) {
    const std::string_view member = trimmed(take_until(text, ','));
    if (member.empty()) continue;
    if (++members > tracestate_members_max || !is_member(member)) return false;
  }
  return true;
}

// Long members go first, then those at the end; empty when even the scratch has no room.
std::string_view shortened_tracestate(std::string_view text, Scratch& scratch) {
  ScratchText out(scratch);
  while (!text.empty()) {
    const std::string_view member = trimmed(take_until(text, ','));
    if (member.empty() || member.size() > long_member_bytes) continue;
    const std::size_t before = out.size();
    if (before > 0) out.add(',');
    out.add(member);
    if (out.ok() && out.size() <= tracestate_bytes_max) continue;
    out.cut(before);
    break;
  }
  return out.keep();
}

// One list, however many headers it came in.
class ListValue {
 public:
  explicit ListValue(Scratch& scratch) : scratch_(scratch) {}

  void add(std::string_view value, std::size_t bytes_max) {
    value = trimmed(value);
    if (value.empty()) return;
    if (value_.empty()) {
      value_ = value;
      return;
    }
    ScratchText joined(scratch_);
    joined.add(value_).add(',').add(value);
    too_long_ = too_long_ || !joined.ok() || joined.size() > bytes_max;
    if (!too_long_) value_ = joined.keep();
  }
  bool too_long() const { return too_long_; }
  std::string_view value() const { return value_; }

 private:
  Scratch& scratch_;
  std::string_view value_;
  bool too_long_ = false;
};

bool is_token(std::string_view text) { return !text.empty() && are_all(text, Letters::token); }
bool is_baggage_value(std::string_view text) { return are_all(text, Letters::baggage_octet); }

// key, or key = value; several of them between semicolons.
bool are_properties(std::string_view text) {
  while (!text.empty()) {
    std::string_view value = take_until(text, ';');
    const std::string_view key = trimmed(take_until(value, '='));
    if (!is_token(key) || !is_baggage_value(trimmed(value))) return false;
  }
  return true;
}

bool extract_member(std::string_view member, Scratch& scratch, Baggage& baggage) {
  BaggageItem item;
  std::string_view text = take_until(member, ';');
  item.properties = trimmed(member);
  if (text.find('=') == std::string_view::npos || !are_properties(item.properties)) return false;
  item.key = trimmed(take_until(text, '='));
  text = trimmed(text);
  if (!is_token(item.key) || !is_baggage_value(text)) return false;
  const auto decoded = percent_decoded(text, Plus::itself, scratch);
  if (!decoded) return false;
  item.value = *decoded;
  // What was not decoded is visible ASCII.
  if (decoded->data() != text.data()) {
    const auto well_formed = well_formed_utf8(*decoded, scratch);
    if (!well_formed) return false;
    item.value = *well_formed;
  }
  baggage.add(item);
  return true;
}

void extract_baggage(std::string_view list, Scratch& scratch, Baggage& baggage) {
  std::size_t members = 0;
  while (!list.empty()) {
    const std::string_view member = trimmed(take_until(list, ','));
    if (member.empty()) continue;
    if (++members > Baggage::items_max || !extract_member(member, scratch, baggage)) baggage.refuse();
  }
}

bool inject_baggage(const Baggage& baggage, Scratch& scratch, HeaderWriter& headers) {
  bool all = true;
  ScratchText out(scratch);
  for (const BaggageItem& item : baggage) {
    const std::size_t before = out.size();
    if (before > 0) out.add(',');
    out.add(item.key).add('=').add_percent(item.value, Letters::baggage_octet);
    if (!item.properties.empty()) out.add(';').add(item.properties);
    if (is_token(item.key) && are_properties(item.properties) && out.ok() && out.size() <= Baggage::bytes_max) continue;
    out.cut(before);
    all = false;
  }
  if (out.size() > 0) headers.set("baggage", out.view());
  return all;
}

}  // namespace

std::span<const std::string_view> W3cFormat::header_names() const {
  static constexpr std::string_view names[] = {"traceparent", "tracestate", "baggage"};
  return names;
}

Extraction W3cFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  std::string_view traceparent;
  int traceparents = 0;
  ListValue tracestate(scratch);
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (is_name(name, "traceparent")) {
      ++traceparents;
      traceparent = trimmed(value);
    } else if (is_name(name, "tracestate")) {
      tracestate.add(value, tracestate_untrusted_bytes_max);
    } else if (is_name(name, "baggage")) {
      value.size() <= Baggage::bytes_max ? extract_baggage(value, scratch, context.baggage) : context.baggage.refuse();
    }
  });
  if (traceparents == 0) return Extraction::absent;
  if (traceparents > 1 || !parse_traceparent(traceparent, context)) return Extraction::malformed;
  const std::string_view list = tracestate.value();
  if (tracestate.too_long() || list.size() > tracestate_untrusted_bytes_max || !is_tracestate(list)) {
    return Extraction::taken;
  }
  context.tracestate = list.size() <= tracestate_bytes_max ? list : shortened_tracestate(list, scratch);
  return Extraction::taken;
}

bool W3cFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  bool all = true;
  if (context.has_ids()) {
    const unsigned flags = (context.recorded() ? flag_sampled : 0) | (context.random_trace_id ? flag_random : 0);
    ScratchText out(scratch);
    out.add("00-").add_hex(context.trace_id.high).add_hex(context.trace_id.low).add('-').add_hex(context.span_id.value);
    out.add("-0").add(static_cast<char>('0' + flags));
    all = out.ok();
    if (all) headers.set("traceparent", out.view());
    if (all && !context.tracestate.empty()) headers.set("tracestate", context.tracestate);
  }
  return inject_baggage(context.baggage, scratch, headers) && all;
}

}  // namespace filo::propagation
