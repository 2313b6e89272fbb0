// Workload: spans that look like production's, made from a seed. Trace number i is a pure function of the settings and
// i, so whoever has the settings can make it again and compare, without having kept anything. Immutable once built; any
// thread may use it. What to imitate comes from published call-graph statistics: mixed sizes, wide and shallow trees,
// few popular operations, attributes of every cardinality, errors in bursts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/span_batch.h"
#include "workload/service_map.h"

namespace filo::workload {

enum class Profile : std::uint8_t {
  realistic,  // about 1 kB a span in OTLP; traces of 1 to 20,000 spans; events, stack traces, SQL, links, clock skew
  small,      // about 440 bytes a span, 10 spans a trace, 12 attributes: what benchmarks are measured with
  tiny        // about 140 bytes a span, 10 spans a trace, 2 attributes
};
std::string_view name_of(Profile profile);
std::optional<Profile> parse_profile(std::string_view name);

struct Settings {
  std::uint64_t seed = 1;
  Profile profile = Profile::small;
  Timestamp start;                    // of trace 0
  Duration spacing{10'000};           // from the start of one trace to the next one's
  std::uint32_t spans_per_trace = 0;  // 0: as the profile says
};

inline constexpr std::uint32_t spans_per_trace_max = 1'000'000;

class Workload {
 public:
  explicit Workload(const Settings& settings);

  TraceId trace_id(std::uint64_t index) const;
  std::size_t span_count(std::uint64_t index) const;
  // Traces that make some thousand spans together: a good number to ask for at once.
  std::size_t group_traces() const;
  // All spans of traces first … first + count - 1 in the order in which exporters would send them: service by service.
  // Cut into batches, a trace arrives in pieces.
  SpanBatch traces(std::uint64_t first, std::size_t count) const;

 private:
  struct Row;  // one span before it is written
  void grow_tree(std::uint64_t index, std::vector<Row>& rows) const;
  Span head(std::uint64_t index, const Row& row) const;
  void place(std::uint64_t index, Row* rows, std::size_t row, Random& random) const;
  std::uint64_t trace_key(std::uint64_t index) const;
  std::vector<std::uint32_t> export_order(const std::vector<Row>& rows) const;

  Settings settings_;
  ServiceMap map_;
  std::vector<double> stretches_;  // quantiles of the log-normal distribution that durations follow
};

}  // namespace filo::workload
