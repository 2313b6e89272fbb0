// Our own counters and their Prometheus text. A component owns a plain `struct Metrics` of these and a free
// `describe(const Metrics&, MetricWriter&)`; the app calls every describe() when /metrics is read. Names:
// filo_<module>_<noun>_<unit>[_total]. Help is mandatory.
//
// Counter, Gauge and Histogram are thread-safe and never block.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace filo::telemetry {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t v) { value_.store(v, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Durations in buckets of powers of two from 16 µs to 33 s.
class Histogram {
 public:
  static constexpr std::size_t buckets = 22;
  void observe(Duration duration);
  std::uint64_t bucket(std::size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  std::uint64_t sum_ns() const { return sum_ns_.load(std::memory_order_relaxed); }
  static double upper_bound_seconds(std::size_t i);  // +Inf for the last

 private:
  std::array<std::atomic<std::uint64_t>, buckets + 1> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Collects metrics of one scrape and renders Prometheus text exposition 0.0.4. Samples of one name may be written in
// several calls; HELP and TYPE are printed once.
class MetricWriter {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value, Labels labels = {});
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
  void histogram(std::string_view name, std::string_view help, const Histogram& histogram, Labels labels = {});
  // The whole text, metrics sorted by name.
  std::string text() const;

 private:
  struct Family {
    std::string name;
    std::string head;
    std::string samples;
  };
  Family& family(std::string_view name, std::string_view help, std::string_view type);
  std::vector<Family> families_;
};

}  // namespace filo::telemetry
