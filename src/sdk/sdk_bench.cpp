// What a span costs the thread that records it, with a collector that takes everything.
#include <benchmark/benchmark.h>

#include "filo/filo.h"
#include "test/support/collector.h"

namespace filo {
namespace {

void start_once() {
  static test::Collector* collector = [] {
    auto* made = new test::Collector;
    Options options;
    const std::string url = made->url();
    options.endpoint = url;
    options.export_interval = std::chrono::milliseconds(50);
    if (const char* problem = start(options)) std::abort(), static_cast<void>(problem);
    return made;
  }();
  benchmark::DoNotOptimize(collector);
}

void handle_request() {
  Span span("GET /orders/{id}", Kind::server);
  span.tag("http.request.method", "GET")
      .tag("http.route", "/orders/{id}")
      .tag("server.address", "orders-7")
      .tag("http.response.status_code", 200);
}

// The clock is read twice a span; this is the floor.
void BM_TwoClockReads(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
  }
}
BENCHMARK(BM_TwoClockReads);

void BM_RecordedWithFourTags(benchmark::State& state) {
  start_once();
  const Stats before = stats();
  for (auto _ : state) {
    handle_request();
  }
  if (state.thread_index() != 0) return;
  const Stats after = stats();
  const auto ended = static_cast<double>(after.ended - before.ended);
  state.counters["dropped"] = static_cast<double>(after.dropped_no_memory - before.dropped_no_memory) / ended;
}
BENCHMARK(BM_RecordedWithFourTags)->Iterations(20'000)->Repetitions(20)->ReportAggregatesOnly();
BENCHMARK(BM_RecordedWithFourTags)->Iterations(5'000)->Threads(8)->Repetitions(10)->ReportAggregatesOnly();

void BM_NotRecordedWithFourTags(benchmark::State& state) {
  start_once();
  Context parent;
  parent.trace_id_low = 1;
  parent.span_id = 1;
  const Scope scope(parent);
  for (auto _ : state) {
    handle_request();
  }
}
BENCHMARK(BM_NotRecordedWithFourTags);

void BM_ScopeOfAnotherThread(benchmark::State& state) {
  Context context;
  context.trace_id_low = 1;
  context.span_id = 1;
  for (auto _ : state) {
    const Scope scope(context);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_ScopeOfAnotherThread);

}  // namespace
}  // namespace filo
