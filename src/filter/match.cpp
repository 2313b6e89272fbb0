#include <charconv>
#include <cmath>

#include "filter/pattern.h"
#include "filter/span_filter.h"

namespace filo::filter {
namespace {

// The comparison of two things that have an order. Integers with integers are exact, all else goes by double.
template <typename T>
bool compare(Op op, T value, T operand) {
  switch (op) {
    case Op::equal:
      return value == operand;
    case Op::not_equal:
      return !(value == operand);
    case Op::greater:
      return value > operand;
    case Op::greater_equal:
      return value >= operand;
    case Op::less:
      return value < operand;
    case Op::less_equal:
      return value <= operand;
    default:
      return false;
  }
}

bool matches_double(const Condition& condition, double value) {
  if (!condition.number) return condition.op == Op::not_equal;
  // NaN is written as "NaN", so there it equals itself.
  if (std::isnan(value) && std::isnan(*condition.number)) return condition.op == Op::equal;
  return compare(condition.op, value, *condition.number);
}

bool matches_int(const Condition& condition, std::int64_t value) {
  if (condition.pattern) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    return matches_text(condition, std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
  }
  if (condition.integer) return compare(condition.op, value, *condition.integer);
  return matches_double(condition, static_cast<double>(value));
}

// Bytes, arrays and maps have a text that is costly to make: only when it could be equal.
bool could_equal(const AttributeValue& value, std::string_view text) {
  switch (value.type()) {
    case ValueType::bytes:
      return text.size() == (value.text().size() + 2) / 3 * 4;
    case ValueType::array:
      return text.starts_with('[') && text.ends_with(']');
    case ValueType::map:
      return text.starts_with('{') && text.ends_with('}');
    default:
      return true;
  }
}

bool matches_as_text(const Condition& condition, const AttributeValue& value) {
  if (!condition.pattern && !could_equal(value, condition.text)) return condition.op == Op::not_equal;
  return matches_text(condition, to_text(value));
}

bool matches_array(const Condition& condition, const AttributeValue& value) {
  for (const auto& item : value.items()) {
    if (matches(condition, item)) return true;
  }
  return condition.op == Op::equal && could_equal(value, condition.text) && to_text(value) == condition.text;
}

bool any_matches(const Condition& condition, std::span<const Attribute> attributes) {
  for (const auto& attribute : attributes) {
    if (attribute.key != condition.key) continue;
    if (condition.op == Op::exists || matches(condition, attribute.value)) return true;
  }
  return false;
}

bool any_event_matches(const Condition& condition, std::span<const Event> events) {
  for (const auto& event : events) {
    if (any_matches(condition, event.attributes)) return true;
  }
  return false;
}

// Some occurrence of the attribute on the condition's level satisfies it (absence aside).
bool occurs(const Condition& condition, const Span& span) {
  const auto level = condition.level;
  const bool any = level == Level::any;
  return ((any || level == Level::span) && any_matches(condition, span.attributes)) ||
         ((any || level == Level::resource) && any_matches(condition, span.resource->attributes)) ||
         ((any || level == Level::scope) && any_matches(condition, span.scope->attributes)) ||
         ((any || level == Level::event) && any_event_matches(condition, span.events));
}

bool matches_attribute(const Condition& condition, const Span& span) {
  if (condition.op != Op::absent) return occurs(condition, span);
  const auto level = condition.level;
  const bool any = level == Level::any;
  if ((any || level == Level::span) && find(span.attributes, condition.key) != nullptr) return false;
  if ((any || level == Level::resource) && find(span.resource->attributes, condition.key) != nullptr) return false;
  if ((any || level == Level::scope) && find(span.scope->attributes, condition.key) != nullptr) return false;
  if (!any && level != Level::event) return true;
  for (const auto& event : span.events) {
    if (find(event.attributes, condition.key) != nullptr) return false;
  }
  return true;
}

bool matches_event_name(const Condition& condition, std::span<const Event> events) {
  if (condition.op == Op::exists) return !events.empty();
  if (condition.op == Op::absent) return events.empty();
  for (const auto& event : events) {
    if (matches_text(condition, event.name)) return true;
  }
  return false;
}

}  // namespace

bool matches_text(const Condition& condition, std::string_view text) {
  switch (condition.op) {
    case Op::equal:
      return text == condition.text;
    case Op::not_equal:
      return text != condition.text;
    case Op::matches:
      return condition.pattern->matches(text);
    case Op::not_matches:
      return !condition.pattern->matches(text);
    case Op::exists:
      return true;
    default:
      return false;
  }
}

bool matches(const Condition& condition, const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::empty:
      return matches_text(condition, "null");
    case ValueType::string:
      return matches_text(condition, value.text());
    case ValueType::boolean:
      return matches_text(condition, value.as_bool() ? "true" : "false");
    case ValueType::int64:
      return matches_int(condition, value.as_int());
    case ValueType::float64:
      return condition.pattern ? matches_as_text(condition, value) : matches_double(condition, value.as_double());
    case ValueType::array:
      return matches_array(condition, value);
    case ValueType::bytes:
    case ValueType::map:
      return matches_as_text(condition, value);
  }
  return false;
}

bool matches(const Condition& condition, const Span& span) {
  switch (condition.field) {
    case Field::service:
      return matches_text(condition, span.resource->service);
    case Field::operation:
      return matches_text(condition, span.name);
    case Field::kind:
      return matches_text(condition, name_of(span.kind));
    case Field::status:
      return matches_text(condition, name_of(span.status));
    case Field::duration:
      return compare(condition.op, span.duration().count(), condition.integer.value_or(0));
    case Field::scope_name:
      return matches_text(condition, span.scope->name);
    case Field::scope_version:
      return matches_text(condition, span.scope->version);
    case Field::event_name:
      return matches_event_name(condition, span.events);
    case Field::attribute:
      return matches_attribute(condition, span);
  }
  return false;
}

bool matches(const SpanFilter& filter, const Span& span) {
  for (const auto& condition : filter.conditions) {
    if (!matches(condition, span)) return false;
  }
  return true;
}

}  // namespace filo::filter
