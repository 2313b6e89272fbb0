#include "propagation/skywalking.h"

#include <limits>

#include "propagation/foreign_id.h"

namespace filo::propagation {
namespace {

constexpr std::string_view context_name = "sw8";
constexpr std::string_view extension_name = "sw8-x";
constexpr std::string_view correlation_name = "sw8-correlation";

constexpr std::size_t context_bytes_max = 2048;
constexpr std::size_t extension_bytes_max = 64;
constexpr std::size_t service_bytes_max = 50;
constexpr std::size_t instance_bytes_max = 50;
constexpr std::size_t endpoint_bytes_max = 150;
// What agents take by default. A reader takes all that the bounds of Baggage allow, since agents can be told other
// numbers.
constexpr std::size_t correlation_items_max = 3;
constexpr std::size_t correlation_value_bytes_max = 128;

bool take_base64(std::string_view& rest, Scratch& scratch, std::string_view& field) {
  const auto decoded = base64_decoded(take_until(rest, '-'), scratch);
  if (!decoded || decoded->empty()) return false;
  field = *decoded;
  return true;
}

// Eight fields between dashes, none of them empty.
bool parse_context(std::string_view text, Scratch& scratch, Identity& identity) {
  if (text.size() > context_bytes_max) return false;
  const std::string_view sample = take_until(text, '-');
  if (sample != "0" && sample != "1") return false;
  // "0" defers: the trace may be sampled later. There is no refusal in sw8.
  identity.decision = sample == "1" ? Decision::sample : Decision::deferred;
  if (!take_base64(text, scratch, identity.trace_text) || !take_base64(text, scratch, identity.segment_id))
    return false;
  std::int64_t index = 0;
  if (!parse_decimal(take_until(text, '-'), index) || index > std::numeric_limits<std::int32_t>::max()) return false;
  identity.span_index = static_cast<std::int32_t>(index);
  if (!take_base64(text, scratch, identity.service) || !take_base64(text, scratch, identity.instance) ||
      !take_base64(text, scratch, identity.endpoint)) {
    return false;
  }
  // The last one ends the header: a ninth field would leave its dash in here.
  const auto address = base64_decoded(text, scratch);
  if (!address || address->empty()) return false;
  identity.address = *address;
  identity.trace_id = trace_id_of_skywalking(identity.trace_text);
  identity.span_id = span_id_of_segment(identity.segment_id, identity.span_index);
  if (!identity.has_ids()) return false;
  return true;
}

// mode-sending time. What is not that says nothing.
void parse_extension(std::string_view text, Identity& identity) {
  if (text.size() > extension_bytes_max) return;
  identity.skip_analysis = take_until(text, '-') == "1";
  std::int64_t sent = 0;
  if (parse_decimal(trimmed(take_until(text, '-')), sent)) identity.sent_ms = sent;
}

void extract_correlation(std::string_view list, Scratch& scratch, Baggage& baggage) {
  while (!list.empty()) {
    std::string_view value = trimmed(take_until(list, ','));
    if (value.empty()) continue;
    const auto key = base64_decoded(take_until(value, ':'), scratch);
    const auto text = base64_decoded(value, scratch);
    if (!key || key->empty() || !text) {
      baggage.refuse();
    } else if (!text->empty()) {  // an empty value removes the key
      baggage.add({.key = *key, .value = *text});
    }
  }
}

// As much as fits, without half a character at the end.
std::string_view cut_to(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

bool inject_context(const Identity& identity, Scratch& scratch, HeaderWriter& headers) {
  if (!identity.has_ids() || identity.decision == Decision::drop) return true;
  if (identity.service.empty() || identity.instance.empty() || identity.endpoint.empty() || identity.address.empty()) {
    return false;
  }
  char hex[32];
  Scratch hex_memory(hex);
  ScratchText digits(hex_memory);
  ScratchText out(scratch);
  out.add(identity.recorded() ? "1-" : "0-");
  if (identity.trace_text.empty()) {
    out.add_base64(digits.add_hex(identity.trace_id.high).add_hex(identity.trace_id.low).view());
  } else {
    out.add_base64(identity.trace_text);
  }
  out.add('-');
  if (identity.segment_id.empty()) {
    digits.cut(0);
    out.add_base64(digits.add_hex(identity.span_id.value).view()).add("-0-");
  } else {
    out.add_base64(identity.segment_id).add('-').add_decimal(identity.span_index).add('-');
  }
  out.add_base64(cut_to(identity.service, service_bytes_max)).add('-');
  out.add_base64(cut_to(identity.instance, instance_bytes_max)).add('-');
  out.add_base64(cut_to(identity.endpoint, endpoint_bytes_max)).add('-').add_base64(identity.address);
  if (!out.ok() || out.size() > context_bytes_max) return false;
  headers.set(context_name, out.view());
  return true;
}

bool inject_extension(const Identity& identity, Scratch& scratch, HeaderWriter& headers) {
  if (!identity.skip_analysis && identity.sent_ms <= 0) return true;
  ScratchText out(scratch);
  out.add(identity.skip_analysis ? "1-" : "0-");
  // Agents write a blank where there is no time.
  identity.sent_ms > 0 ? out.add_decimal(identity.sent_ms) : out.add(' ');
  if (!out.ok()) return false;
  headers.set(extension_name, out.view());
  return true;
}

bool inject_correlation(const Baggage& baggage, Scratch& scratch, HeaderWriter& headers) {
  bool all = true;
  std::size_t items = 0;
  ScratchText out(scratch);
  for (const BaggageItem& item : baggage) {
    const std::size_t before = out.size();
    if (item.value.empty()) continue;
    if (items < correlation_items_max && item.value.size() <= correlation_value_bytes_max) {
      if (before > 0) out.add(',');
      out.add_base64(item.key).add(':').add_base64(item.value);
      if (out.ok()) {
        ++items;
        continue;
      }
      out.cut(before);
    }
    all = false;
  }
  if (items > 0) headers.set(correlation_name, out.view());
  return all;
}

}  // namespace

std::span<const std::string_view> SkyWalkingFormat::header_names() const {
  static constexpr std::string_view names[] = {context_name, extension_name, correlation_name};
  return names;
}

Extraction SkyWalkingFormat::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  std::string_view caller;
  std::string_view extension;
  headers.for_each([&](std::string_view name, std::string_view value) {
    if (!starts_with_name(name, context_name)) return;
    if (is_name(name, context_name)) {
      if (caller.data() == nullptr) caller = trimmed(value.data() == nullptr ? "" : value);
    } else if (is_name(name, extension_name)) {
      if (extension.empty()) extension = trimmed(value);
    } else if (is_name(name, correlation_name)) {
      value.size() <= 2 * Baggage::bytes_max ? extract_correlation(value, scratch, context.baggage)
                                             : context.baggage.refuse();
    }
  });
  if (caller.data() == nullptr) return Extraction::absent;
  if (!parse_context(caller, scratch, context)) return malformed(context);
  parse_extension(extension, context);
  return Extraction::taken;
}

bool SkyWalkingFormat::inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const {
  const bool caller = inject_context(context, scratch, headers);
  const bool extension = inject_extension(context, scratch, headers);
  return inject_correlation(context.baggage, scratch, headers) && caller && extension;
}

}  // namespace filo::propagation
