#include "workload/span_writer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace filo::workload {
namespace {

constexpr std::array<Richness, 3> richnesses{{
    {.services = 50,
     .fixed = 6,
     .variable_min = 10,
     .variable_max = 16,
     .resource = 12,
     .event_chance = 0.08,
     .stack_trace_chance = 0.5,
     .sql_chance = 1},
    {.services = 20,
     .fixed = 5,
     .variable_min = 7,
     .variable_max = 7,
     .resource = 4,
     .event_chance = 0,
     .stack_trace_chance = 0,
     .sql_chance = 0},
    {.services = 10,
     .fixed = 1,
     .variable_min = 1,
     .variable_max = 1,
     .resource = 1,
     .event_chance = 0,
     .stack_trace_chance = 0,
     .sql_chance = 0},
}};

// Of 2^n numbers, those with few bits are frequent: about Zipf's law, without its costs.
std::uint64_t popular_number(Random& random) {
  const std::uint64_t bits = random.next();
  return (bits >> 8) & ((1U << (bits % 15)) - 1);
}

AttributeValue text(std::string_view value) { return AttributeValue::of_string(value); }

}  // namespace

const Richness& richness_of(Profile profile) { return richnesses[static_cast<std::size_t>(profile)]; }

SpanWriter::SpanWriter(const ServiceMap& map, Profile profile, SpanBatch& batch)
    : map_(map),
      richness_(richness_of(profile)),
      batch_(batch),
      known_(map.operations().size()),
      resources_(map.services().size() * instances_max),
      scopes_(span_classes) {}

std::string_view SpanWriter::numbered(std::string_view prefix, std::uint64_t number, std::size_t digits) {
  static constexpr char hex[] = "0123456789abcdef";
  char* at = static_cast<char*>(batch_.arena.allocate(prefix.size() + digits, 1));
  std::copy(prefix.begin(), prefix.end(), at);
  for (std::size_t i = 0; i < digits; ++i, number >>= 4) at[prefix.size() + i] = hex[number & 15];
  return {at, prefix.size() + digits};
}

const SpanWriter::Known& SpanWriter::known(std::uint32_t operation) {
  Known& known = known_[operation];
  if (!known.name.empty()) return known;
  const Operation& described = map_.operations()[operation];
  known.name = batch_.arena.copy(described.name);
  const auto words = vocabulary_of(described.span_class).fixed;
  const auto list = batch_.arena.array<Attribute>(std::min(words.size(), richness_.fixed));
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i].key = words[i].key;
    if (words[i].integer != 0) {
      list[i].value = AttributeValue::of_int(words[i].integer);
    } else {
      list[i].value = text(words[i].text.empty() ? known.name : words[i].text);
    }
  }
  known.fixed = list;
  return known;
}

const Resource* SpanWriter::resource(std::uint32_t service, std::uint32_t instance) {
  const Resource*& slot = resources_[service * instances_max + instance];
  if (slot != nullptr) return slot;
  const Service& described = map_.services()[service];
  Random random(service * 1000 + instance);
  const std::array<Attribute, 13> all{{
      {"service.name", text(batch_.arena.copy(described.name))},
      {"telemetry.sdk.language", text(described.language)},
      {"service.instance.id", text(numbered("i-", random.next(), 12))},
      {"service.version", text("2026.11.3")},
      {"host.name", text(numbered("node-", random.next(), 6))},
      {"k8s.pod.name", text(numbered("shop-prod-7c9f6d-", random.next(), 5))},
      {"k8s.namespace.name", text("shop-production")},
      {"k8s.container.restart_count", AttributeValue::of_int(random.between(0, 3))},
      {"cloud.availability_zone", text(zones()[random.below(zones().size())])},
      {"telemetry.sdk.name", text("opentelemetry")},
      {"telemetry.sdk.version", text("1.44.0")},
      {"process.pid", AttributeValue::of_int(random.between(1, 30'000))},
      {"deployment.environment.name", text("生产")},
  }};
  Resource* made = batch_.arena.array<Resource>(1).data();
  made->attributes = batch_.arena.copy(std::span<const Attribute>(all.data(), richness_.resource + 1));
  made->finish();
  return slot = made;
}

const Scope* SpanWriter::scope(SpanClass span_class) {
  const Scope*& slot = scopes_[static_cast<std::size_t>(span_class)];
  if (slot != nullptr) return slot;
  Scope* made = batch_.arena.array<Scope>(1).data();
  made->name = vocabulary_of(span_class).scope_name;
  made->version = vocabulary_of(span_class).scope_version;
  return slot = made;
}

AttributeValue SpanWriter::sql(Random& random) {
  const auto statements = sql_statements();
  return text(numbered(statements[random.below(statements.size())], popular_number(random), 5));
}

AttributeValue SpanWriter::value(const VariableAttribute& attribute, const Span& span, std::uint64_t trace_key,
                                 Random& random) {
  switch (attribute.shape) {
    case ValueShape::pooled:
      return text(attribute.pool[random.below(attribute.pool.size())]);
    case ValueShape::popular:
      return text(numbered(attribute.prefix, popular_number(random), 4));
    case ValueShape::once_a_trace:
      return text(numbered(attribute.prefix, trace_key, 12));
    case ValueShape::baggage:
      return text(numbered(attribute.pool[trace_key % attribute.pool.size()], trace_key, 12));
    case ValueShape::once:
      return text(numbered(attribute.prefix, random.next(), 16));
    case ValueShape::http_status:
      return AttributeValue::of_int(span.is_error() ? 503 : 200);
    case ValueShape::small_integer:
      return AttributeValue::of_int(static_cast<std::int64_t>(random.below(64)));
    case ValueShape::wide_integer:
      return AttributeValue::of_int(static_cast<std::int64_t>(random.below(1'000) * random.below(1'000)));
    case ValueShape::real:
      return AttributeValue::of_double(static_cast<double>(random.below(1'000'000)) / 1'000);
    case ValueShape::flag:
      return AttributeValue::of_bool(random.chance(0.8));
    case ValueShape::sql:
      return sql(random);
    case ValueShape::address: {
      char address[16] = "10.";
      char* at = address + 3;
      for (const std::uint64_t part : {random.below(4), random.below(32), random.below(250)}) {
        at = std::to_chars(at, address + sizeof(address) - 1, part).ptr;
        *at++ = '.';
      }
      return text(batch_.arena.copy(std::string_view(address, static_cast<std::size_t>(at - address) - 1)));
    }
    case ValueShape::texts: {
      const auto list = batch_.arena.array<AttributeValue>(2);
      for (auto& item : list) item = text(attribute.pool[random.below(attribute.pool.size())]);
      return AttributeValue::of_array(list);
    }
  }
  return {};
}

void SpanWriter::write_failure(Span& span, Random& random) {
  const std::size_t which = random.below(error_messages().size());
  span.status_message = error_messages()[which];
  if (!random.chance(richness_.stack_trace_chance)) return;
  std::string trace(exception_types()[which]);
  trace += ": ";
  trace += span.status_message;
  trace += '\n';
  const std::size_t bytes = 2'000 + random.below(6'000);
  while (trace.size() < bytes) trace += stack_frames()[random.below(stack_frames().size())];
  const auto attributes = batch_.arena.array<Attribute>(3);
  attributes[0] = {"exception.type", text(exception_types()[which])};
  attributes[1] = {"exception.message", text(span.status_message)};
  attributes[2] = {"exception.stacktrace", text(batch_.arena.adopt(std::move(trace)))};
  const auto events = batch_.arena.array<Event>(1);
  events[0] = {.time = span.end, .name = "exception", .attributes = attributes};
  span.events = events;
}

void SpanWriter::write_event(Span& span, Random& random) {
  const auto attributes = batch_.arena.array<Attribute>(2);
  attributes[0] = {"retry.attempt", AttributeValue::of_int(random.between(1, 4))};
  attributes[1] = {"message", text(numbered("waited for slot ", random.next(), 4))};
  const auto events = batch_.arena.array<Event>(1);
  events[0] = {.time = span.start + span.duration() / 3, .name = "retry", .attributes = attributes};
  span.events = events;
}

void SpanWriter::write(Span& span, std::uint32_t operation, std::uint32_t instance, std::uint64_t trace_key,
                       Random& random) {
  const Operation& described = map_.operations()[operation];
  const Known& shared = known(operation);
  span.name = shared.name;
  span.resource = resource(described.service, instance);
  span.scope = scope(described.span_class);

  const auto words = vocabulary_of(described.span_class).variable;
  std::size_t wanted = richness_.variable_min;
  if (richness_.variable_max > wanted) wanted += random.below(richness_.variable_max - wanted + 1);
  wanted = std::min(wanted, words.size());
  const auto list = batch_.arena.array<Attribute>(shared.fixed.size() + words.size());
  std::size_t count = 0;
  for (const auto& attribute : shared.fixed) list[count++] = attribute;
  const std::size_t full = count + wanted;
  for (const auto& attribute : words) {
    if (count == full) break;
    if (attribute.shape == ValueShape::sql && richness_.sql_chance == 0) continue;
    list[count++] = {attribute.key, value(attribute, span, trace_key, random)};
  }
  span.attributes = list.first(count);

  if (span.is_error()) {
    write_failure(span, random);
  } else if (richness_.event_chance > 0 && random.chance(richness_.event_chance)) {
    write_event(span, random);
  }
}

}  // namespace filo::workload
