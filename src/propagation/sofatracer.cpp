#include "propagation/sofatracer.h"

#include "propagation/b3.h"
#include "propagation/foreign_id.h"

namespace filo::propagation {
namespace {

constexpr std::string_view trace_id_name = "X-B3-TraceId";
constexpr std::string_view span_id_name = "X-B3-SpanId";
constexpr std::string_view parent_id_name = "X-B3-ParentSpanId";
constexpr std::string_view sampled_name = "X-B3-Sampled";
constexpr std::string_view user_prefix = "baggage-";
constexpr std::string_view system_prefix = "baggage-sys-";
constexpr std::string_view system_mark = "_sys_";

constexpr std::size_t context_bytes_max = 16384;
constexpr std::size_t caller_bytes_max = 256;
// Of one owner's items in writing, as SOFATracer takes by default.
constexpr std::size_t owner_bytes_max = 1024;

struct Ids {
  std::string_view trace_id, rpc_id, sampled;

  static void first(std::string_view& field, std::string_view value) {
    if (field.data() == nullptr) field = value.empty() ? std::string_view("") : trimmed(value);
  }
};

// What is missing besides the trace id is "0", a root, and "true".
Extraction take(const Ids& ids, Identity& identity) {
  if (ids.trace_id.data() == nullptr) return Extraction::absent;
  identity.rpc_id = ids.rpc_id.empty() ? std::string_view("0") : ids.rpc_id;
  identity.decision = Decision::sample;
  if (!is_trace_text(ids.trace_id) || !is_rpc_id(identity.rpc_id)) return malformed(identity);
  if (!ids.sampled.empty() && !parse_b3_sampled(ids.sampled, identity.decision)) return malformed(identity);
  identity.trace_text = ids.trace_id;
  identity.trace_id = trace_id_of_text(identity.trace_text);
  identity.span_id = span_id_of_rpc_id(identity.rpc_id);
  const std::string_view parent = parent_of_rpc_id(identity.rpc_id);
  if (!parent.empty()) identity.parent_id = span_id_of_rpc_id(parent);
  if (!identity.has_ids()) return malformed(identity);
  return Extraction::taken;
}

// The RPC id in the words of the trace, or the native id in sixteen digits.
std::string_view add_rpc_id(ScratchText& out, const Identity& identity) {
  const std::size_t before = out.size();
  is_rpc_id(identity.rpc_id) ? out.add(identity.rpc_id) : out.add_hex(identity.span_id.value);
  return out.view().substr(before);
}

// SOFATracer records unless told otherwise; so does it when nobody has decided.
std::string_view sampled_text(const Identity& identity, std::string_view yes, std::string_view no) {
  return identity.decision == Decision::drop ? no : yes;
}

void add_item(std::string_view key, std::string_view value, BaggageOwner owner, Scratch& scratch, Baggage& baggage) {
  const auto plain_key = percent_decoded(key, Plus::itself, scratch);
  const auto plain_value = percent_decoded(value, Plus::itself, scratch);
  if (!plain_key || plain_key->empty() || !plain_value) return baggage.refuse();
  baggage.add({.key = *plain_key, .value = *plain_value, .owner = owner});
}

// k=v&k2=v2&
void extract_pairs(std::string_view list, BaggageOwner owner, Scratch& scratch, Baggage& baggage) {
  if (list.size() > context_bytes_max) return baggage.refuse();
  while (!list.empty()) {
    std::string_view value = take_until(list, '&');
    if (value.empty()) continue;
    const std::string_view key = take_until(value, '=');
    add_item(key, value, owner, scratch, baggage);
  }
}

bool add_pairs(ScratchText& out, const Baggage& baggage, BaggageOwner owner, std::string_view key_prefix) {
  bool all = true;
  const std::size_t start = out.size();
  for (const BaggageItem& item : baggage) {
    if (item.owner != owner) continue;
    const std::size_t before = out.size();
    out.add(key_prefix).add_escaped(item.key).add('=').add_escaped(item.value).add('&');
    const bool spelled = is_safe_name(item.key) && is_safe_value(item.value);
    if (spelled && out.ok() && out.size() - start <= owner_bytes_max) continue;
    out.cut(before);
    all = false;
  }
  return all;
}

// One item's header; `used` counts what its owner's items have come to.
bool inject_item(const BaggageItem& item, Carrier carrier, std::size_t& used, Scratch& scratch, HeaderWriter& headers) {
  ScratchText out(scratch);
  out.add(item.owner == BaggageOwner::system ? system_prefix : user_prefix).add(item.key);
  const std::size_t name_bytes = out.size();
  const bool encoded = carrier == Carrier::http;
  encoded ? out.add_percent(item.value, Letters::unreserved) : out.add(item.value);
  const std::size_t bytes = item.key.size() + item.value.size() + 2;
  if (!out.ok() || used + bytes > owner_bytes_max || !is_safe_name(item.key)) return false;
  if (!encoded && !is_safe_value(item.value)) return false;
  used += bytes;
  headers.set(out.view().substr(0, name_bytes), out.view().substr(name_bytes));
  return true;
}

}  // namespace

std::span<const std::string_view> SofaHttpFormat::header_names() const {
  static constexpr std::string_view names[] = {trace_id_name, span_id_name, parent_id_name, sampled_name, user_prefix};
  return names;
}

Extraction SofaHttpFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  Ids ids;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (starts_with_name(name, user_prefix)) {
      const bool system = starts_with_name(name, system_prefix);
      const std::string_view key = name.substr(system ? system_prefix.size() : user_prefix.size());
      const auto decoded = carrier_ == Carrier::http ? percent_decoded(value, Plus::space, scratch) : value;
      if (key.empty() || !decoded) return context.baggage.refuse();
      const auto owner = system ? BaggageOwner::system : BaggageOwner::user;
      context.baggage.add({.key = key, .value = *decoded, .owner = owner});
    } else if (is_name(name, trace_id_name)) {
      Ids::first(ids.trace_id, value);
    } else if (is_name(name, span_id_name)) {
      Ids::first(ids.rpc_id, value);
    } else if (is_name(name, sampled_name)) {
      Ids::first(ids.sampled, value);
    }
  });
  return take(ids, context);
}

bool SofaHttpFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  bool all = true;
  if (context.has_ids()) {
    ScratchText out(scratch);
    add_trace_text(out, context);
    const std::string_view trace_id = out.view();
    const std::string_view rpc_id = add_rpc_id(out, context);
    all = out.ok();
    if (all) {
      headers.set(trace_id_name, trace_id);
      headers.set(span_id_name, rpc_id);
      const std::string_view parent = parent_of_rpc_id(rpc_id);
      if (!parent.empty()) headers.set(parent_id_name, parent);
      headers.set(sampled_name, sampled_text(context, "true", "false"));
    }
  }
  std::size_t used[2] = {0, 0};
  for (const BaggageItem& item : context.baggage) {
    all = inject_item(item, carrier_, used[static_cast<std::size_t>(item.owner)], scratch, headers) && all;
  }
  return all;
}

Extraction SofaContextFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  std::string_view text;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (is_name(name, key_)) Ids::first(text, value);
  });
  if (text.data() == nullptr) return Extraction::absent;
  if (text.size() > context_bytes_max) return Extraction::malformed;
  const auto decoded = carrier_ == Carrier::http ? percent_decoded(text, Plus::space, scratch) : text;
  if (!decoded) return Extraction::malformed;
  Ids ids;
  for (std::string_view rest = *decoded; !rest.empty();) {
    std::string_view value = take_until(rest, '&');
    if (value.empty()) continue;
    const std::string_view key = take_until(value, '=');
    if (key == "tcid") {
      Ids::first(ids.trace_id, value);
    } else if (key == "spid") {
      Ids::first(ids.rpc_id, value);
    } else if (key == "sample") {
      Ids::first(ids.sampled, value);
    } else if (key.starts_with(system_mark)) {
      add_item(key.substr(system_mark.size()), value, BaggageOwner::system, scratch, context.baggage);
    } else if (key != "pspid") {
      add_item(key, value, BaggageOwner::user, scratch, context.baggage);
    }
  }
  if (ids.trace_id.empty()) return Extraction::malformed;
  return take(ids, context);
}

bool SofaContextFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  if (!context.has_ids()) return context.baggage.size() == 0;
  ScratchText out(scratch);
  out.add("tcid=");
  add_trace_text(out, context);
  out.add("&spid=");
  const std::string_view parent = parent_of_rpc_id(add_rpc_id(out, context));
  out.add("&pspid=").add(parent).add("&sample=").add(sampled_text(context, "true", "false")).add('&');
  if (!out.ok()) return false;
  bool all = add_pairs(out, context.baggage, BaggageOwner::system, system_mark);
  all = add_pairs(out, context.baggage, BaggageOwner::user, "") && all;
  if (carrier_ == Carrier::text_map) {
    headers.set(key_, out.view());
    return all;
  }
  const std::string_view plain = out.keep();
  ScratchText encoded(scratch);
  encoded.add_percent(plain, Letters::unreserved);
  if (encoded.ok()) headers.set(key_, encoded.view());
  return all && encoded.ok();
}

Extraction SofaKeysFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  const SofaKeys keys = this->keys();
  Ids ids;
  std::string_view user;
  std::string_view system;
  std::string_view caller;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (is_name(name, keys.trace_id)) Ids::first(ids.trace_id, value);
    if (is_name(name, keys.rpc_id)) Ids::first(ids.rpc_id, value);
    if (is_name(name, keys.sampled)) Ids::first(ids.sampled, value);
    if (is_name(name, keys.user_baggage)) Ids::first(user, value);
    if (is_name(name, keys.system_baggage)) Ids::first(system, value);
    if (is_name(name, keys.caller)) Ids::first(caller, value);
  });
  extract_pairs(system, BaggageOwner::system, scratch, context.baggage);
  extract_pairs(user, BaggageOwner::user, scratch, context.baggage);
  const Extraction result = take(ids, context);
  if (result == Extraction::taken && caller.size() <= caller_bytes_max) context.service = caller;
  return result;
}

bool SofaKeysFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  const SofaKeys keys = this->keys();
  bool all = true;
  ScratchText out(scratch);
  if (context.has_ids()) {
    add_trace_text(out, context);
    const std::string_view trace_id = out.view();
    const std::string_view rpc_id = add_rpc_id(out, context);
    all = out.ok();
    if (all) {
      headers.set(keys.trace_id, trace_id);
      headers.set(keys.rpc_id, rpc_id);
      headers.set(keys.sampled, sampled_text(context, "true", "false"));
    }
    if (!context.service.empty()) {
      const bool spelled = context.service.size() <= caller_bytes_max && is_safe_value(context.service);
      if (spelled) headers.set(keys.caller, context.service);
      all = all && spelled;
    }
  }
  const auto inject_owner = [&](BaggageOwner owner, std::string_view name) {
    out.cut(0);
    all = add_pairs(out, context.baggage, owner, "") && all;
    if (out.size() > 0) headers.set(name, out.view());
  };
  inject_owner(BaggageOwner::system, keys.system_baggage);
  inject_owner(BaggageOwner::user, keys.user_baggage);
  return all;
}

}  // namespace filo::propagation
