#include "workload/workload.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "workload/span_writer.h"

namespace filo::workload {
namespace {

constexpr std::array<std::string_view, 3> profile_names{"realistic", "small", "tiny"};
constexpr std::size_t group_spans = 4096;
constexpr std::uint16_t depth_max = 6;
constexpr std::size_t stretch_count = 1024;
constexpr std::uint32_t sampled = 0x01;
constexpr std::uint32_t parent_is_known_local = 0x100;
constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

double mean_spans(const Settings& settings) {
  if (settings.spans_per_trace != 0) return settings.spans_per_trace;
  return settings.profile == Profile::realistic ? 45 : 10;
}

// Three families in one: requests to a cache or a health check, ordinary requests, and batch jobs with a heavy tail.
std::size_t mixed_span_count(Random& random) {
  const double u = random.unit();
  if (u < 0.45) return 1 + static_cast<std::size_t>(-2.5 * std::log(1.0 - random.unit()));
  if (u < 0.85) return 1 + static_cast<std::size_t>(12 * std::exp(0.9 * random.normal()));
  if (u < 0.98) return 1 + static_cast<std::size_t>(120 * std::exp(random.normal()));
  const double pareto = 100 * std::pow(1.0 - random.unit(), -1 / 1.2);
  return static_cast<std::size_t>(std::min(pareto, 20'000.0));
}

SpanKind kind_of(SpanClass span_class) {
  switch (span_class) {
    case SpanClass::http_server:
    case SpanClass::rpc_server:
      return SpanKind::server;
    case SpanClass::http_client:
    case SpanClass::rpc_client:
    case SpanClass::database:
    case SpanClass::cache:
      return SpanKind::client;
    case SpanClass::producer:
      return SpanKind::producer;
    case SpanClass::consumer:
      return SpanKind::consumer;
    case SpanClass::internal:
      return SpanKind::internal;
  }
  return SpanKind::unspecified;
}

SpanId span_id(std::uint64_t trace_key, std::uint64_t row) {
  const std::uint64_t value = mix64(trace_key + (row + 1) * golden);
  return SpanId{value == 0 ? 1 : value};
}

// Clocks of some hosts are off by a few milliseconds, of one in a hundred by two seconds.
std::int64_t skew_of(std::uint64_t host) {
  const std::uint64_t bits = mix64(host + 1);
  if (bits % 100 == 0) return 2'000'000'000;
  if (bits % 3 != 0) return 0;
  return static_cast<std::int64_t>((bits >> 20) % 8'000'000) - 4'000'000;
}

}  // namespace

std::string_view name_of(Profile profile) { return profile_names[static_cast<std::size_t>(profile)]; }

std::optional<Profile> parse_profile(std::string_view name) {
  const auto* const found = std::find(profile_names.begin(), profile_names.end(), name);
  if (found == profile_names.end()) return std::nullopt;
  return static_cast<Profile>(found - profile_names.begin());
}

struct Workload::Row {
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::int64_t next_child_ns = 0;  // where a child that waits for the one before it would start
  std::int32_t parent = -1;        // row within the trace
  std::uint32_t operation = 0;
  std::uint32_t trace = 0;   // counted from the first one of the batch
  std::uint32_t number = 0;  // within the trace
  std::uint16_t depth = 0;
  std::uint8_t instance = 0;
  bool is_error = false;
};

Workload::Workload(const Settings& settings)
    : settings_(settings), map_(mix64(settings.seed), richness_of(settings.profile).services) {
  settings_.spans_per_trace = std::min(settings.spans_per_trace, spans_per_trace_max);
  Random random(7);
  for (std::size_t i = 0; i < stretch_count; ++i) {
    stretches_.push_back(std::exp(0.8 * random.normal()) * (i % 100 == 0 ? 10 : 1));
  }
}

std::uint64_t Workload::trace_key(std::uint64_t index) const {
  return mix64(mix64(settings_.seed + golden) ^ (index * golden));
}

// Both halves are bijections of the index, so no two traces of a workload share an id.
TraceId Workload::trace_id(std::uint64_t index) const {
  const std::uint64_t key = trace_key(index);
  const TraceId id{mix64(key ^ settings_.seed), key};
  return id.is_zero() ? TraceId{1, 1} : id;
}

std::size_t Workload::span_count(std::uint64_t index) const {
  if (settings_.spans_per_trace != 0) return settings_.spans_per_trace;
  if (settings_.profile != Profile::realistic) return 10;
  Random random(trace_key(index) ^ 1);
  return mixed_span_count(random);
}

std::size_t Workload::group_traces() const {
  return std::max<std::size_t>(1, static_cast<std::size_t>(group_spans / mean_spans(settings_)));
}

void Workload::place(std::uint64_t index, Row* rows, std::size_t row, Random& random) const {
  Row& span = rows[row];
  const Operation& operation = map_.operations()[span.operation];
  const std::uint64_t bits = random.next();
  double wanted = operation.median_ns * stretches_[bits % stretch_count];
  wanted += static_cast<double>((bits >> 10) & 1023);
  if (span.parent < 0) {
    span.start_ns = settings_.start.unix_ns + static_cast<std::int64_t>(index) * settings_.spacing.count();
    span.end_ns = span.start_ns + static_cast<std::int64_t>(wanted * 2) + 50'000;
  } else {
    Row& parent = rows[span.parent];
    const bool is_parallel = ((bits >> 20) & 7) < 3;
    const std::int64_t gap = 1'000 + static_cast<std::int64_t>((bits >> 24) & 0x1ffff);  // up to 0.13 ms
    std::int64_t from = is_parallel ? parent.start_ns : parent.next_child_ns;
    from = std::min(from + gap, parent.end_ns - (parent.end_ns - parent.start_ns) / 8);
    span.start_ns = std::max(from, parent.start_ns);
    const double room = static_cast<double>(parent.end_ns - span.start_ns) * 0.95;
    span.end_ns = span.start_ns + std::max<std::int64_t>(0, static_cast<std::int64_t>(std::min(wanted, room)));
    parent.next_child_ns = span.end_ns;
  }
  span.next_child_ns = span.start_ns;
}

void Workload::grow_tree(std::uint64_t index, std::vector<Row>& rows) const {
  const std::size_t count = span_count(index);
  const std::uint64_t key = trace_key(index);
  const std::size_t base = rows.size();
  rows.resize(base + count);
  Row* const trace = rows.data() + base;
  Random random(key ^ 2);
  // One stretch of 512 traces in twenty is an outage.
  const bool is_outage = mix64(settings_.seed ^ mix64(index / 512)) % 20 == 0;
  const double error_chance = is_outage ? 0.12 : 0.01;

  trace[0].operation = map_.entry(random);
  std::size_t made = 1;
  place(index, trace, 0, random);
  // Breadth first; when no span is left that may call, start over at the root: wide rather than deep.
  for (std::size_t caller = 0; made < count; caller = caller + 1 == made ? 0 : caller + 1) {
    if (trace[caller].depth + 1 >= depth_max) {
      caller = made - 1;
      continue;
    }
    for (const auto called : map_.operations()[trace[caller].operation].calls) {
      const std::size_t repeats = 1 + (random.below(8) == 0 ? random.below(6) : 0);
      for (std::size_t i = 0; i < repeats && made < count; ++i, ++made) {
        trace[made].operation = called;
        trace[made].parent = static_cast<std::int32_t>(caller);
        trace[made].depth = static_cast<std::uint16_t>(trace[caller].depth + 1);
        place(index, trace, made, random);
      }
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    Row& row = trace[i];
    row.number = static_cast<std::uint32_t>(i);
    const Operation& operation = map_.operations()[row.operation];
    const auto instances = map_.services()[operation.service].instances;
    row.instance = static_cast<std::uint8_t>((key >> 16) % instances);
    row.is_error = random.chance(error_chance);
    // What fails is also seen by its caller, but seldom further up.
    if (row.is_error && row.parent >= 0) trace[row.parent].is_error = true;
  }
}

// Positions of the rows in the batch: stable by service, instance and instrumentation scope, a counting sort.
std::vector<std::uint32_t> Workload::export_order(const std::vector<Row>& rows) const {
  const auto bucket_of = [this](const Row& row) {
    const Operation& operation = map_.operations()[row.operation];
    return (operation.service * instances_max + row.instance) * span_classes +
           static_cast<std::size_t>(operation.span_class);
  };
  std::vector<std::uint32_t> next(map_.services().size() * instances_max * span_classes + 1);
  for (const auto& row : rows) ++next[bucket_of(row) + 1];
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  std::vector<std::uint32_t> positions(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) positions[i] = next[bucket_of(rows[i])]++;
  return positions;
}

Span Workload::head(std::uint64_t index, const Row& row) const {
  const std::uint64_t key = trace_key(index);
  const Operation& operation = map_.operations()[row.operation];
  Span span;
  span.trace_id = trace_id(index);
  span.id = span_id(key, row.number);
  if (row.parent >= 0) span.parent_id = span_id(key, static_cast<std::uint64_t>(row.parent));
  span.kind = kind_of(operation.span_class);
  span.status = row.is_error ? StatusCode::error : StatusCode::unset;
  span.flags = sampled | parent_is_known_local;
  const std::int64_t skew =
      settings_.profile == Profile::realistic ? skew_of(operation.service * instances_max + row.instance) : 0;
  span.start = Timestamp{row.start_ns + skew};
  span.end = Timestamp{row.end_ns + skew};
  if (map_.services()[operation.service].has_microseconds) {
    span.start.unix_ns -= span.start.unix_ns % 1000;
    span.end.unix_ns -= span.end.unix_ns % 1000;
  }
  return span;
}

SpanBatch Workload::traces(std::uint64_t first, std::size_t count) const {
  std::vector<Row> rows;
  rows.reserve(static_cast<std::size_t>(static_cast<double>(count) * mean_spans(settings_)));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t base = rows.size();
    grow_tree(first + i, rows);
    for (std::size_t row = base; row < rows.size(); ++row) rows[row].trace = static_cast<std::uint32_t>(i);
  }
  const auto positions = export_order(rows);

  SpanBatch batch;
  batch.spans.resize(rows.size());
  SpanWriter writer(map_, settings_.profile, batch);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const std::uint64_t index = first + row.trace;
    Span& span = batch.spans[positions[i]];
    span = head(index, row);
    Random random(span.id.value);
    writer.write(span, row.operation, row.instance, trace_key(index), random);
    if (settings_.profile == Profile::realistic && span.kind == SpanKind::consumer && index > 0) {
      const auto links = batch.arena.array<Link>(1);
      links[0].trace_id = trace_id(index - 1);
      links[0].span_id = span_id(trace_key(index - 1), 0);
      links[0].flags = sampled;
      span.links = links;
    }
  }
  return batch;
}

}  // namespace filo::workload
