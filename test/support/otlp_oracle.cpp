#include "test/support/otlp_oracle.h"

#include <bit>

#include "otlp_oracle.pb.h"

namespace filo::test {
namespace {

template <typename List>
bool same_attributes(const List& expected, std::span<const Attribute> actual);

bool same_value(const oracle::AnyValue& expected, const AttributeValue& actual) {
  switch (expected.value_case()) {
    case oracle::AnyValue::VALUE_NOT_SET:
      return actual.type() == ValueType::empty;
    case oracle::AnyValue::kStringValue:
      return actual.type() == ValueType::string && actual.text() == expected.string_value();
    case oracle::AnyValue::kBoolValue:
      return actual.type() == ValueType::boolean && actual.as_bool() == expected.bool_value();
    case oracle::AnyValue::kIntValue:
      return actual.type() == ValueType::int64 && actual.as_int() == expected.int_value();
    case oracle::AnyValue::kDoubleValue:
      return actual.type() == ValueType::float64 &&
             std::bit_cast<std::uint64_t>(actual.as_double()) == std::bit_cast<std::uint64_t>(expected.double_value());
    case oracle::AnyValue::kBytesValue:
      return actual.type() == ValueType::bytes && actual.text() == expected.bytes_value();
    case oracle::AnyValue::kKvlistValue:
      return actual.type() == ValueType::map && same_attributes(expected.kvlist_value().values(), actual.entries());
    case oracle::AnyValue::kArrayValue: {
      const auto& values = expected.array_value().values();
      if (actual.type() != ValueType::array || static_cast<std::size_t>(values.size()) != actual.items().size()) {
        return false;
      }
      for (int i = 0; i < values.size(); ++i) {
        if (!same_value(values[i], actual.items()[static_cast<std::size_t>(i)])) return false;
      }
      return true;
    }
  }
  return false;
}

template <typename List>
bool same_attributes(const List& expected, std::span<const Attribute> actual) {
  if (static_cast<std::size_t>(expected.size()) != actual.size()) return false;
  for (int i = 0; i < expected.size(); ++i) {
    const Attribute& attribute = actual[static_cast<std::size_t>(i)];
    if (attribute.key != expected[i].key() || !same_value(expected[i].value(), attribute.value)) return false;
  }
  return true;
}

template <typename Id>
std::string bytes_of(Id id) {
  std::string out;
  append_bytes(out, id);
  return out;
}
// An absent id and one of zeros are the same to us.
bool same_id(std::string_view expected, const std::string& actual) {
  return expected == actual || (expected.empty() && actual.find_first_not_of('\0') == std::string::npos);
}

const char* compare_events(const oracle::Span& expected, const Span& actual) {
  if (static_cast<std::size_t>(expected.events_size()) != actual.events.size()) return "events";
  for (int i = 0; i < expected.events_size(); ++i) {
    const auto& a = expected.events(i);
    const Event& b = actual.events[static_cast<std::size_t>(i)];
    if (a.time_unix_nano() != static_cast<std::uint64_t>(b.time.unix_ns)) return "event time";
    if (a.name() != b.name || a.dropped_attributes_count() != b.dropped_attributes) return "event";
    if (!same_attributes(a.attributes(), b.attributes)) return "event attributes";
  }
  return nullptr;
}

const char* compare_links(const oracle::Span& expected, const Span& actual) {
  if (static_cast<std::size_t>(expected.links_size()) != actual.links.size()) return "links";
  for (int i = 0; i < expected.links_size(); ++i) {
    const auto& a = expected.links(i);
    const Link& b = actual.links[static_cast<std::size_t>(i)];
    if (!same_id(a.trace_id(), bytes_of(b.trace_id)) || !same_id(a.span_id(), bytes_of(b.span_id))) return "link id";
    if (a.trace_state() != b.trace_state || a.flags() != b.flags) return "link";
    if (a.dropped_attributes_count() != b.dropped_attributes) return "link dropped";
    if (!same_attributes(a.attributes(), b.attributes)) return "link attributes";
  }
  return nullptr;
}

const char* compare(const oracle::Span& expected, const Span& actual) {
  if (expected.trace_id() != bytes_of(actual.trace_id)) return "trace_id";
  if (expected.span_id() != bytes_of(actual.id)) return "span_id";
  if (!same_id(expected.parent_span_id(), bytes_of(actual.parent_id))) return "parent_span_id";
  if (expected.trace_state() != actual.trace_state) return "trace_state";
  if (expected.name() != actual.name) return "name";
  const bool known_kind = expected.kind() >= 0 && expected.kind() <= 5;
  if ((known_kind ? expected.kind() : 0) != static_cast<int>(actual.kind)) return "kind";
  if (expected.start_time_unix_nano() != static_cast<std::uint64_t>(actual.start.unix_ns)) return "start";
  if (expected.end_time_unix_nano() != static_cast<std::uint64_t>(actual.end.unix_ns)) return "end";
  const int code = expected.status().code();
  if ((code >= 0 && code <= 2 ? code : 0) != static_cast<int>(actual.status)) return "status";
  if (expected.status().message() != actual.status_message) return "status message";
  if (expected.flags() != actual.flags) return "flags";
  if (expected.dropped_attributes_count() != actual.dropped_attributes ||
      expected.dropped_events_count() != actual.dropped_events ||
      expected.dropped_links_count() != actual.dropped_links) {
    return "dropped counts";
  }
  if (!same_attributes(expected.attributes(), actual.attributes)) return "attributes";
  const char* difference = compare_events(expected, actual);
  return difference != nullptr ? difference : compare_links(expected, actual);
}

const char* compare(const oracle::ResourceSpans& expected, const Resource& actual) {
  if (expected.schema_url() != actual.schema_url) return "resource schema_url";
  if (expected.resource().dropped_attributes_count() != actual.dropped_attributes) return "resource dropped";
  return same_attributes(expected.resource().attributes(), actual.attributes) ? nullptr : "resource attributes";
}

const char* compare(const oracle::ScopeSpans& expected, const Scope& actual) {
  if (expected.schema_url() != actual.schema_url) return "scope schema_url";
  if (expected.scope().name() != actual.name || expected.scope().version() != actual.version) return "scope";
  if (expected.scope().dropped_attributes_count() != actual.dropped_attributes) return "scope dropped";
  return same_attributes(expected.scope().attributes(), actual.attributes) ? nullptr : "scope attributes";
}

bool has_both_ids(const oracle::Span& span) {
  const auto is_id = [](const std::string& bytes, std::size_t size) {
    return bytes.size() == size && bytes.find_first_not_of('\0') != std::string::npos;
  };
  return is_id(span.trace_id(), 16) && is_id(span.span_id(), 8);
}

}  // namespace

bool oracle_parses(std::string_view body) {
  oracle::Request request;
  return request.ParseFromArray(body.data(), static_cast<int>(body.size()));
}

std::string difference_from_oracle(std::string_view body, const wire::Decoded& decoded) {
  oracle::Request request;
  if (!request.ParseFromArray(body.data(), static_cast<int>(body.size()))) return "libprotobuf does not parse it";
  std::size_t total = 0;
  std::size_t row = 0;
  const auto& spans = decoded.batch.spans;
  for (const auto& of_resource : request.resource_spans()) {
    for (const auto& of_scope : of_resource.scope_spans()) {
      for (const auto& span : of_scope.spans()) {
        ++total;
        if (row == spans.size()) continue;
        const char* difference = compare(span, spans[row]);
        // A rejected one is not in the batch; the next of the batch is another span.
        const bool may_be_rejected = decoded.rejected.total() > 0 || !has_both_ids(span);
        if (difference != nullptr && may_be_rejected) continue;
        if (difference == nullptr) difference = compare(of_resource, *spans[row].resource);
        if (difference == nullptr) difference = compare(of_scope, *spans[row].scope);
        if (difference != nullptr) return "span " + std::to_string(row) + ": " + difference;
        ++row;
      }
    }
  }
  if (row != spans.size()) return "spans that libprotobuf does not see";
  if (total != spans.size() + decoded.rejected.total()) return "number of spans";
  return "";
}

}  // namespace filo::test
