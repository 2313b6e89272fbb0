#include "workload/workload.h"

#include <benchmark/benchmark.h>

#include "base/check.h"

namespace filo::workload {
namespace {

void make_traces(benchmark::State& state) {
  const auto profile = static_cast<Profile>(state.range(0));
  const Workload workload({.profile = profile, .start = Timestamp{1'760'000'000'000'000'000}});
  std::uint64_t next = 0;
  std::int64_t spans = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto batch = workload.traces(next, workload.group_traces());
    next += workload.group_traces();
    spans += static_cast<std::int64_t>(batch.spans.size());
    bytes += batch.bytes();
  }
  CHECK(spans > 0);
  state.SetItemsProcessed(spans);
  state.SetLabel(std::string(name_of(profile)) + ", " + std::to_string(bytes / static_cast<std::size_t>(spans)) +
                 " B/span in memory");
}
BENCHMARK(make_traces)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace filo::workload
