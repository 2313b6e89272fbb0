#include "propagation/eagleeye.h"

#include "propagation/b3.h"
#include "propagation/foreign_id.h"

namespace filo::propagation {
namespace {

constexpr std::string_view prefix = "EagleEye-";
constexpr std::string_view trace_id_name = "EagleEye-TraceID";
constexpr std::string_view rpc_id_name = "EagleEye-RpcID";
constexpr std::string_view span_id_name = "EagleEye-SpanID";
constexpr std::string_view parent_id_name = "EagleEye-pSpanID";
constexpr std::string_view sampled_name = "EagleEye-Sampled";
constexpr std::string_view caller_name = "EagleEye-pAppName";
constexpr std::string_view interface_name = "EagleEye-pRpc";
constexpr std::string_view user_data_name = "EagleEye-UserData";

constexpr std::size_t caller_bytes_max = 256;

struct Headers {
  std::string_view trace_id, rpc_id, span_id, parent_id, sampled, caller, interface;
};

bool parse(const Headers& headers, Identity& identity) {
  identity.rpc_id = headers.rpc_id.empty() ? std::string_view("0") : headers.rpc_id;
  if (!is_trace_text(headers.trace_id) || !is_rpc_id(identity.rpc_id)) return false;
  identity.trace_text = headers.trace_id;
  identity.trace_id = trace_id_of_text(identity.trace_text);
  if (!headers.span_id.empty()) {
    if (!parse_hex(headers.span_id, HexCase::any, identity.span_id)) return false;
    if (!headers.parent_id.empty() && !parse_hex(headers.parent_id, HexCase::any, identity.parent_id)) return false;
  } else {
    identity.span_id = span_id_of_rpc_id(identity.rpc_id);
    const std::string_view parent = parent_of_rpc_id(identity.rpc_id);
    if (!parent.empty()) identity.parent_id = span_id_of_rpc_id(parent);
  }
  if (!identity.has_ids()) return false;
  // "s0" and "s1" have been seen beside plain numbers. What is neither leaves the choice open.
  std::string_view sampled = headers.sampled;
  if (sampled.starts_with('s')) sampled.remove_prefix(1);
  if (!parse_b3_sampled(sampled, identity.decision)) identity.decision = Decision::deferred;
  if (headers.caller.size() <= caller_bytes_max) identity.service = headers.caller;
  if (headers.interface.size() <= caller_bytes_max) identity.endpoint = headers.interface;
  return true;
}

// k1=v1&k2=v2, with nothing encoded.
void extract_user_data(std::string_view list, Baggage& baggage) {
  while (!list.empty()) {
    std::string_view value = take_until(list, '&');
    if (value.empty()) continue;
    const bool pair = value.find('=') != std::string_view::npos;
    const std::string_view key = take_until(value, '=');
    if (!pair || key.empty()) {
      baggage.refuse();
    } else {
      baggage.add({.key = key, .value = value});
    }
  }
}

bool inject_user_data(const Baggage& baggage, Scratch& scratch, HeaderWriter& headers) {
  bool all = true;
  ScratchText out(scratch);
  for (const BaggageItem& item : baggage) {
    const std::size_t before = out.size();
    if (before > 0) out.add('&');
    out.add(item.key).add('=').add(item.value);
    const bool spelled = is_safe_name(item.key) && item.key.find_first_of("&=") == std::string_view::npos &&
                         is_safe_value(item.value) && item.value.find('&') == std::string_view::npos;
    if (spelled && out.ok() && out.size() <= Baggage::bytes_max) continue;
    out.cut(before);
    all = false;
  }
  if (out.size() > 0) headers.set(user_data_name, out.view());
  return all;
}

bool inject_ids(const Identity& identity, Scratch& scratch, HeaderWriter& headers) {
  ScratchText out(scratch);
  add_trace_text(out, identity);
  const std::size_t trace_bytes = out.size();
  out.add_hex(identity.span_id.value).add_hex(identity.parent_id.value);
  if (!out.ok()) return false;
  const bool foreign = is_rpc_id(identity.rpc_id);
  headers.set(trace_id_name, out.view().substr(0, trace_bytes));
  headers.set(rpc_id_name, foreign ? identity.rpc_id : "0");
  // Where the RPC id says it all, the random ids that newer agents use were not there and stay away.
  if (foreign && span_id_of_rpc_id(identity.rpc_id) == identity.span_id) return true;
  headers.set(span_id_name, out.view().substr(trace_bytes, 16));
  if (!identity.parent_id.is_zero()) headers.set(parent_id_name, out.view().substr(trace_bytes + 16));
  return true;
}

}  // namespace

std::span<const std::string_view> EagleEyeFormat::header_names() const {
  static constexpr std::string_view names[] = {trace_id_name, rpc_id_name, span_id_name,   parent_id_name,
                                               sampled_name,  caller_name, interface_name, user_data_name};
  return names;
}

Extraction EagleEyeFormat::extract(const HeaderReader& headers, Scratch&, Context& context) const {
  Headers found;
  bool user_data = false;
  const auto first = [](std::string_view& field, std::string_view value) {
    if (field.data() == nullptr) field = value.empty() ? std::string_view("") : trimmed(value);
  };
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (!starts_with_name(name, prefix)) return;
    if (is_name(name, trace_id_name)) first(found.trace_id, value);
    if (is_name(name, rpc_id_name)) first(found.rpc_id, value);
    if (is_name(name, span_id_name)) first(found.span_id, value);
    if (is_name(name, parent_id_name)) first(found.parent_id, value);
    if (is_name(name, sampled_name)) first(found.sampled, value);
    if (is_name(name, caller_name)) first(found.caller, value);
    if (is_name(name, interface_name)) first(found.interface, value);
    if (!is_name(name, user_data_name) || user_data) return;
    user_data = true;
    value.size() <= Baggage::bytes_max ? extract_user_data(value, context.baggage) : context.baggage.refuse();
  });
  if (found.trace_id.data() == nullptr) return Extraction::absent;
  return parse(found, context) ? Extraction::taken : malformed(context);
}

bool EagleEyeFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  bool all = true;
  if (context.has_ids()) {
    all = inject_ids(context, scratch, headers);
    if (context.decision != Decision::deferred) headers.set(sampled_name, context.recorded() ? "1" : "0");
    const auto set_text = [&](std::string_view name, std::string_view text) {
      if (text.empty()) return;
      if (text.size() <= caller_bytes_max && is_safe_value(text)) return headers.set(name, text);
      all = false;
    };
    set_text(caller_name, context.service);
    set_text(interface_name, context.endpoint);
  }
  return inject_user_data(context.baggage, scratch, headers) && all;
}

}  // namespace filo::propagation
