// A clock that moves only when told to; for tests and simulations.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace filo {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp{1'700'000'000'000'000'000}) : start_(start) {}

  Timestamp now() const override { return start_ + steady_now(); }
  Duration steady_now() const override { return Duration(elapsed_ns_.load(std::memory_order_relaxed)); }
  void advance(Duration by) { elapsed_ns_.fetch_add(by.count(), std::memory_order_relaxed); }

 private:
  Timestamp start_;
  std::atomic<std::int64_t> elapsed_ns_{0};
};

}  // namespace filo
