// Time as Filo means it. Timestamp is wall time, for what spans say and people read; Deadline is steady time, for how
// long we may take. Nothing outside this folder asks the operating system what time it is.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace filo {

using Duration = std::chrono::nanoseconds;

// Nanoseconds since 1970-01-01 UTC; signed, so that differences of skewed clocks are safe. Covers 1678 to 2262.
struct Timestamp {
  std::int64_t unix_ns = 0;

  auto operator<=>(const Timestamp&) const = default;
  friend Duration operator-(Timestamp a, Timestamp b) {
    // Wraps instead of overflowing when two hostile stamps lie more than 292 years apart.
    return Duration(
        static_cast<std::int64_t>(static_cast<std::uint64_t>(a.unix_ns) - static_cast<std::uint64_t>(b.unix_ns)));
  }
  friend Timestamp operator+(Timestamp a, Duration d) {
    return Timestamp{
        static_cast<std::int64_t>(static_cast<std::uint64_t>(a.unix_ns) + static_cast<std::uint64_t>(d.count()))};
  }
  friend Timestamp operator-(Timestamp a, Duration d) { return a + (-d); }
};

// A source of time; a constructor argument wherever time matters, so that tests own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;        // wall time
  virtual Duration steady_now() const = 0;  // since an arbitrary origin; never goes back
};

// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  Duration steady_now() const override;
};

// A point in steady time after which an answer is worth nothing. Passed down whole, never as "a timeout left".
class Deadline {
 public:
  static Deadline after(const Clock& clock, Duration time_left) {
    return Deadline(&clock, clock.steady_now() + time_left);
  }
  static Deadline never() { return Deadline(nullptr, Duration::max()); }

  bool expired() const { return clock_ != nullptr && clock_->steady_now() >= at_; }
  // Zero when expired; Duration::max() when there is none.
  Duration remaining() const {
    if (clock_ == nullptr) return Duration::max();
    const Duration left = at_ - clock_->steady_now();
    return left > Duration::zero() ? left : Duration::zero();
  }

 private:
  Deadline(const Clock* clock, Duration at) : clock_(clock), at_(at) {}
  const Clock* clock_;
  Duration at_;
};

}  // namespace filo
