// Demo: an online shop as its spans tell of it: customers who browse, search and pay; caches that miss, a database
// that is slow in some minutes, a bank that times out in others, orders that other services work off later. For people
// who look at Filo for the first time, and for screenshots. One thread.
#pragma once

#include <array>
#include <cstdint>

#include "base/random.h"
#include "model/span_batch.h"

namespace filo::workload {

class Demo {
 public:
  explicit Demo(std::uint64_t seed) : random_(seed) {}

  // Everything that one request causes, from `now` on: usually one trace of 5 to 60 spans, most of a second long. The
  // same seed and the same calls give the same spans. How well the shop does depends on the minute of `now`.
  SpanBatch next_request(Timestamp now);

 private:
  struct Context {
    TraceId trace_id;
    SpanId span_id;
  };

  Random random_;
  std::array<Context, 8> orders_;  // that no mail was sent about yet
  std::size_t orders_waiting_ = 0;
};

}  // namespace filo::workload
