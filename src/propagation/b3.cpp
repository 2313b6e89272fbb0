#include "propagation/b3.h"

#include <optional>

namespace filo::propagation {
namespace {

constexpr std::size_t single_bytes_max = 32 + 1 + 16 + 1 + 1 + 1 + 16;

constexpr std::string_view single_name = "b3";
constexpr std::string_view trace_id_name = "x-b3-traceid";
constexpr std::string_view span_id_name = "x-b3-spanid";
constexpr std::string_view parent_id_name = "x-b3-parentspanid";
constexpr std::string_view sampled_name = "x-b3-sampled";
constexpr std::string_view flags_name = "x-b3-flags";

bool parse_state(std::string_view text, Decision& decision) {
  if (text == "0") return decision = Decision::drop, true;
  if (text == "1") return decision = Decision::sample, true;
  if (text == "d") return decision = Decision::debug, true;
  return false;
}

// trace-span, trace-span-state, trace-span-state-parent, trace-span-parent; or a state alone.
bool parse_single(std::string_view text, Identity& identity) {
  if (text.size() > single_bytes_max || text.empty() || text.back() == '-') return false;
  if (parse_state(text, identity.decision)) return true;
  const std::string_view trace_id = take_until(text, '-');
  const std::string_view span_id = take_until(text, '-');
  if ((trace_id.size() != 16 && trace_id.size() != 32) || span_id.size() != 16) return false;
  if (!parse_hex(trace_id, HexCase::lower, identity.trace_id) ||
      !parse_hex(span_id, HexCase::lower, identity.span_id)) {
    return false;
  }
  if (!identity.has_ids()) return false;
  identity.short_trace_id = trace_id.size() == 16;
  if (!text.empty()) {
    std::string_view parent = text;
    const std::string_view state = take_until(parent, '-');
    if (state.size() == 16 && parent.empty()) {
      parent = state;
    } else if (!parse_state(state, identity.decision)) {
      return false;
    }
    if (!parent.empty() && (parent.size() != 16 || !parse_hex(parent, HexCase::lower, identity.parent_id)))
      return false;
  }
  return true;
}

// The first value of each header; null where there is none.
struct MultiHeaders {
  std::string_view trace_id, span_id, parent_id, sampled, flags;
};

// Ids may be shorter than their 16 or 32 digits: Jaeger's clients write no leading zeros.
Extraction parse_multi(const MultiHeaders& headers, Identity& identity) {
  if (headers.sampled.data() != nullptr && !parse_b3_sampled(headers.sampled, identity.decision)) {
    return Extraction::malformed;
  }
  if (headers.flags == "1") identity.decision = Decision::debug;
  if (headers.trace_id.data() == nullptr && headers.span_id.data() == nullptr) {
    if (identity.decision == Decision::deferred) return Extraction::absent;
    return Extraction::taken;
  }
  if (!parse_hex(headers.trace_id, HexCase::lower, identity.trace_id) ||
      !parse_hex(headers.span_id, HexCase::lower, identity.span_id) || !identity.has_ids()) {
    return Extraction::malformed;
  }
  if (headers.parent_id.data() != nullptr && !parse_hex(headers.parent_id, HexCase::lower, identity.parent_id)) {
    return Extraction::malformed;
  }
  identity.short_trace_id = headers.trace_id.size() <= 16;
  return Extraction::taken;
}

void add_trace_id(ScratchText& out, const Identity& identity) {
  if (!identity.short_trace_id || identity.trace_id.high != 0) out.add_hex(identity.trace_id.high);
  out.add_hex(identity.trace_id.low);
}

bool inject_single(const Context& context, Scratch& scratch, HeaderWriter& headers) {
  constexpr std::string_view states[] = {"", "0", "1", "d"};
  const std::string_view state = states[static_cast<std::size_t>(context.decision)];
  if (!context.has_ids()) {
    if (!state.empty()) headers.set(single_name, state);
    return true;
  }
  ScratchText out(scratch);
  add_trace_id(out, context);
  out.add('-').add_hex(context.span_id.value);
  // Not every reader takes a parent without a state before it.
  if (!state.empty()) {
    out.add('-').add(state);
    if (!context.parent_id.is_zero()) out.add('-').add_hex(context.parent_id.value);
  }
  if (!out.ok()) return false;
  headers.set(single_name, out.view());
  return true;
}

bool inject_multi(const Context& context, Scratch& scratch, HeaderWriter& headers) {
  if (context.has_ids()) {
    ScratchText out(scratch);
    add_trace_id(out, context);
    const std::size_t trace_digits = out.size();
    out.add_hex(context.span_id.value).add_hex(context.parent_id.value);
    if (!out.ok()) return false;
    headers.set(trace_id_name, out.view().substr(0, trace_digits));
    headers.set(span_id_name, out.view().substr(trace_digits, 16));
    if (!context.parent_id.is_zero()) headers.set(parent_id_name, out.view().substr(trace_digits + 16));
  }
  if (context.decision == Decision::debug) headers.set(flags_name, "1");
  if (context.decision == Decision::sample) headers.set(sampled_name, "1");
  if (context.decision == Decision::drop) headers.set(sampled_name, "0");
  return true;
}

}  // namespace

bool parse_b3_sampled(std::string_view text, Decision& decision) {
  const bool yes = text == "1" || is_name(text, "true");
  if (!yes && text != "0" && !is_name(text, "false")) return false;
  decision = yes ? Decision::sample : Decision::drop;
  return true;
}

std::span<const std::string_view> B3Format::header_names() const {
  static constexpr std::string_view names[] = {single_name,    trace_id_name, span_id_name,
                                               parent_id_name, sampled_name,  flags_name};
  return style_ == B3Style::single ? std::span(names).first(1) : std::span(names).subspan(1);
}

Extraction B3Format::extract(const HeaderReader& headers, Scratch&, Context& context) const {
  std::string_view single;
  MultiHeaders multi;
  const auto first = [](std::string_view& field, std::string_view value) {
    if (field.data() == nullptr) field = value.empty() ? std::string_view("") : trimmed(value);
  };
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (is_name(name, single_name)) return first(single, value);
    if (!starts_with_name(name, "x-b3-")) return;
    if (is_name(name, trace_id_name)) first(multi.trace_id, value);
    if (is_name(name, span_id_name)) first(multi.span_id, value);
    if (is_name(name, parent_id_name)) first(multi.parent_id, value);
    if (is_name(name, sampled_name)) first(multi.sampled, value);
    if (is_name(name, flags_name)) first(multi.flags, value);
  });
  if (single.data() == nullptr) {
    const Extraction result = parse_multi(multi, context);
    return result == Extraction::malformed ? malformed(context) : result;
  }
  if (parse_single(single, context)) return Extraction::taken;
  context.clear_identity();
  return parse_multi(multi, context) == Extraction::taken ? Extraction::taken : malformed(context);
}

bool B3Format::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  return style_ == B3Style::single ? inject_single(context, scratch, headers) : inject_multi(context, scratch, headers);
}

}  // namespace filo::propagation
