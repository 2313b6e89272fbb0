#include "loadgen_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/attribute.h"

namespace filo::app {
namespace {

double milliseconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }
double seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

double per_second(std::uint64_t count, Duration took) {
  return took > Duration::zero() ? static_cast<double>(count) / seconds(took) : 0;
}

constexpr std::array<std::pair<const char*, double>, 4> quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

}  // namespace

// Bucket number: the power of two, then the next five bits.
void Latencies::add(Duration latency) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 1));
  const auto power = static_cast<std::size_t>(std::bit_width(ns) - 1);
  const std::size_t step = power >= 5 ? (ns >> (power - 5)) & (steps - 1) : (ns << (5 - power)) & (steps - 1);
  ++buckets_[power * steps + step];
  ++count_;
  max_ = std::max(max_, latency);
}

void Latencies::add(const Latencies& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

Duration Latencies::quantile(double q) const {
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen < rank) continue;
    const double low = static_cast<double>(std::uint64_t{1} << (i / steps));
    const double upper = low * (1 + static_cast<double>(i % steps + 1) / steps);
    return upper < static_cast<double>(max_.count()) ? Duration(static_cast<std::int64_t>(upper)) : max_;
  }
  return max_;
}

void Tally::add(const Tally& other) {
  const auto add_counts = [](Counts& to, const Counts& from) {
    to.requests += from.requests;
    to.spans += from.spans;
  };
  add_counts(sent, other.sent);
  add_counts(answered, other.answered);
  add_counts(refused, other.refused);
  add_counts(unknown, other.unknown);
  rejected_spans += other.rejected_spans;
  tries += other.tries;
  bytes += other.bytes;
  for (const auto& [status, counts] : other.statuses) add_counts(statuses[status], counts);
  if (first_reason.empty()) first_reason = other.first_reason;
  latencies.add(other.latencies);
}

std::string render_text(const LoadResult& result) {
  const Tally& tally = result.tally;
  std::string out;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{} spans of {} traces in {:.2f} s: {:.0f} spans/s, {:.1f} MB/s\n", tally.sent.spans,
                 result.traces, seconds(result.took), per_second(tally.answered.spans, result.took),
                 per_second(tally.bytes, result.took) / 1e6);
  fmt::format_to(to, "answered {}  refused {}  without answer {}  rejected within batches {}  (spans)\n",
                 tally.answered.spans, tally.refused.spans, tally.unknown.spans, tally.rejected_spans);
  for (const auto& [status, counts] : tally.statuses) {
    fmt::format_to(to, "  {:<20} {:>10} requests {:>12} spans\n", status, counts.requests, counts.spans);
  }
  if (!tally.first_reason.empty()) fmt::format_to(to, "first refusal or failure: {}\n", tally.first_reason);
  out += "latency of answers, ms:";
  for (const auto& [name, q] : quantiles) {
    fmt::format_to(to, "  {} {:.2f}", name, milliseconds(tally.latencies.quantile(q)));
  }
  fmt::format_to(to, "  max {:.2f}\n", milliseconds(tally.latencies.max()));
  return out;
}

std::string render_json(const LoadResult& result, const workload::Settings& settings) {
  const Tally& tally = result.tally;
  std::string out;
  auto to = std::back_inserter(out);
  fmt::format_to(to, R"({{"seed":{},"profile":"{}","start_time":"{}","spacing_ns":"{}","spans_per_trace":{},)",
                 settings.seed, workload::name_of(settings.profile), settings.start.unix_ns, settings.spacing.count(),
                 settings.spans_per_trace);
  fmt::format_to(to, R"("traces":{},"seconds":{:.6f},"spans_per_second":{:.1f},"bytes":{},"tries":{},)", result.traces,
                 seconds(result.took), per_second(tally.answered.spans, result.took), tally.bytes, tally.tries);
  const auto counts = [&](const char* name, const Counts& c) {
    fmt::format_to(to, R"("{}":{{"requests":{},"spans":{}}},)", name, c.requests, c.spans);
  };
  counts("sent", tally.sent);
  counts("answered", tally.answered);
  counts("refused", tally.refused);
  counts("unknown", tally.unknown);
  fmt::format_to(to, R"("rejected_spans":{},"statuses":{{)", tally.rejected_spans);
  const char* separator = "";
  for (const auto& [status, c] : tally.statuses) {
    fmt::format_to(to, R"({}"{}":{{"requests":{},"spans":{}}})", separator, status, c.requests, c.spans);
    separator = ",";
  }
  out += "},\"first_reason\":";
  append_json_string(out, tally.first_reason);
  out += ",\"latency_ms\":{";
  for (const auto& [name, q] : quantiles) {
    fmt::format_to(to, "\"{}\":{:.4f},", name, milliseconds(tally.latencies.quantile(q)));
  }
  fmt::format_to(to, "\"max\":{:.4f}}}", milliseconds(tally.latencies.max()));
  return out + "}";
}

}  // namespace filo::app
