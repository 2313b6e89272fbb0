#include "telemetry/metrics.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace filo::telemetry {
namespace {

constexpr std::uint64_t first_bound_ns = 16'000;

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    out.append(digits, end);
  }
}

// A backslash, a line feed and, in label values, a double quote are the characters that the format escapes.
void append_escaped(std::string& out, std::string_view text, std::string_view quote) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      if (!quote.empty() && c == quote.front()) out += '\\';
      out += c;
    }
  }
}

void append_labels(std::string& out, Labels labels, std::string_view le = {}) {
  if (labels.size() == 0 && le.empty()) return;
  char separator = '{';
  const auto add = [&](std::string_view key, std::string_view value) {
    out += separator;
    separator = ',';
    out.append(key).append("=\"");
    append_escaped(out, value, "\"");
    out += '"';
  };
  for (const auto& [key, value] : labels) add(key, value);
  if (!le.empty()) add("le", le);
  out += '}';
}

}  // namespace

void Histogram::observe(Duration duration) {
  const std::uint64_t ns = duration.count() > 0 ? static_cast<std::uint64_t>(duration.count()) : 0;
  // Bucket i holds (16 µs · 2^(i-1), 16 µs · 2^i].
  const std::uint64_t whole = (ns + first_bound_ns - 1) / first_bound_ns;
  const std::size_t i = whole <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(whole - 1));
  counts_[std::min(i, buckets)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(ns, std::memory_order_relaxed);
}

double Histogram::upper_bound_seconds(std::size_t i) {
  if (i >= buckets) return std::numeric_limits<double>::infinity();
  return static_cast<double>(first_bound_ns << i) / 1e9;
}

MetricWriter::Family& MetricWriter::family(std::string_view name, std::string_view help, std::string_view type) {
  const auto found =
      std::find_if(families_.rbegin(), families_.rend(), [&](const Family& f) { return f.name == name; });
  if (found != families_.rend()) return *found;
  Family& fresh = families_.emplace_back();
  fresh.name = name;
  fresh.head.append("# HELP ").append(name).append(" ");
  append_escaped(fresh.head, help, {});
  fresh.head.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  return fresh;
}

void MetricWriter::counter(std::string_view name, std::string_view help, std::uint64_t value, Labels labels) {
  std::string& out = family(name, help, "counter").samples;
  out += name;
  append_labels(out, labels);
  out.append(" ").append(std::to_string(value)).append("\n");
}

void MetricWriter::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
  std::string& out = family(name, help, "gauge").samples;
  out += name;
  append_labels(out, labels);
  out += ' ';
  append_number(out, value);
  out += '\n';
}

void MetricWriter::histogram(std::string_view name, std::string_view help, const Histogram& histogram, Labels labels) {
  std::string& out = family(name, help, "histogram").samples;
  // _count is the sum of the buckets read here, so that the text agrees with itself while others observe.
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i <= Histogram::buckets; ++i) {
    cumulative += histogram.bucket(i);
    std::string bound;
    append_number(bound, Histogram::upper_bound_seconds(i));
    out.append(name).append("_bucket");
    append_labels(out, labels, bound);
    out.append(" ").append(std::to_string(cumulative)).append("\n");
  }
  out.append(name).append("_sum");
  append_labels(out, labels);
  out += ' ';
  append_number(out, static_cast<double>(histogram.sum_ns()) / 1e9);
  out.append("\n").append(name).append("_count");
  append_labels(out, labels);
  out.append(" ").append(std::to_string(cumulative)).append("\n");
}

std::string MetricWriter::text() const {
  std::vector<const Family*> sorted;
  sorted.reserve(families_.size());
  for (const Family& family : families_) sorted.push_back(&family);
  std::sort(sorted.begin(), sorted.end(), [](const Family* a, const Family* b) { return a->name < b->name; });
  std::string text;
  for (const Family* family : sorted) text.append(family->head).append(family->samples);
  return text;
}

}  // namespace filo::telemetry
