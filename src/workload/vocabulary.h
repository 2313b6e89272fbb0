// Words that generated spans are made of. All of them live as long as the program, so batches may point at them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace filo::workload {

enum class SpanClass : std::uint8_t {
  http_server,
  http_client,
  rpc_server,
  rpc_client,
  database,
  cache,
  producer,
  consumer,
  internal
};
inline constexpr std::size_t span_classes = 9;

// How a value differs from span to span; in other words, its cardinality.
enum class ValueShape : std::uint8_t {
  pooled,         // one of at most sixteen texts
  popular,        // prefix and a number of which few are frequent (about 10,000 in all)
  once_a_trace,   // prefix and 12 digits that all spans of a trace share
  once,           // prefix and 16 digits that no other span has
  address,        // an IPv4 address out of some thousands
  http_status,    // an integer that agrees with the span's status
  small_integer,  // below 64
  wide_integer,   // below 1,000,000, small ones more often
  real,           // a double
  flag,           // a bool
  texts,          // an array of two texts of the pool
  baggage,        // a text of the pool and 12 digits, both the same in all spans of a trace
  sql             // a statement of 100 to 500 bytes with its literals
};

struct VariableAttribute {
  std::string_view key;
  ValueShape shape;
  std::string_view prefix;                 // of popular, once_a_trace and once
  std::span<const std::string_view> pool;  // of pooled, baggage and texts
};

struct FixedAttribute {
  std::string_view key;
  std::string_view text;     // empty: the operation's own name
  std::int64_t integer = 0;  // instead of text when not 0
};

struct ClassVocabulary {
  std::string_view scope_name;
  std::string_view scope_version;
  std::span<const FixedAttribute> fixed;        // most telling first: the smaller profiles take the first few
  std::span<const VariableAttribute> variable;  // likewise
  std::span<const std::string_view> names;      // of operations
  std::int64_t median_ns;                       // of durations
};

const ClassVocabulary& vocabulary_of(SpanClass span_class);
std::span<const std::string_view> service_names();
std::span<const std::string_view> languages();  // telemetry.sdk.language
std::span<const std::string_view> zones();
std::span<const std::string_view> sql_statements();  // each ends where its literal goes
std::span<const std::string_view> exception_types();
std::span<const std::string_view> error_messages();
std::span<const std::string_view> stack_frames();

}  // namespace filo::workload
