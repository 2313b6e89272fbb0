// Durable commits on the real disk, in the working directory. Counts what a replay gives back.
#include <benchmark/benchmark.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "io/posix_file_system.h"
#include "journal/journal.h"

namespace filo::journal {
namespace {

const std::string dir = "journal_bench_data";

// One record after the other, each durable before the next: what the disk's sync costs.
void commit_one_by_one(benchmark::State& state) {
  std::filesystem::remove_all(dir);
  io::PosixFileSystem files;
  const SystemClock clock;
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  auto log = JournalLog::open(files, dir, {}, clock, [](Sequence, std::string_view) {});
  CHECK(log);
  for (auto _ : state) {
    CHECK((*log)->append(payload) && (*log)->commit());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.counters["commits/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  log.value().reset();
  std::int64_t replayed = 0;
  CHECK(JournalLog::open(files, dir, {}, clock, [&replayed](Sequence, std::string_view) { ++replayed; }));
  CHECK(replayed == state.iterations());
  std::filesystem::remove_all(dir);
}
BENCHMARK(commit_one_by_one)->Arg(4 << 10)->Arg(100 << 10)->Arg(1 << 20)->UseRealTime()->MinTime(0.5);

// A sender that keeps 64 records on their way, as the shards together do: group commit at work.
void commit_in_groups(benchmark::State& state) {
  constexpr int on_their_way_max = 64;
  std::filesystem::remove_all(dir);
  io::PosixFileSystem files;
  const SystemClock clock;
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  JournalConfig config;
  config.queue_bytes_max = 1U << 30;
  config.journal_bytes_max = std::uint64_t{1} << 40;
  auto journal = Journal::open(files, dir, config, clock, [](Sequence, std::string_view) {});
  CHECK(journal);
  std::mutex mutex;
  std::condition_variable answered;
  int on_their_way = 0;
  std::int64_t durable = 0;
  for (auto _ : state) {
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return on_their_way < on_their_way_max; });
    ++on_their_way;
    lock.unlock();
    CHECK((*journal)->append(payload, [&](const Result<Sequence>& answer) {
      const std::lock_guard answer_lock(mutex);
      durable += answer ? 1 : 0;
      --on_their_way;
      answered.notify_one();
    }));
  }
  (*journal)->close();
  CHECK(durable == state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.counters["records/s"] = benchmark::Counter(static_cast<double>(durable), benchmark::Counter::kIsRate);
  state.counters["records/commit"] =
      static_cast<double>(durable) / static_cast<double>((*journal)->metrics().commits.value());
  journal.value().reset();
  std::int64_t replayed = 0;
  CHECK(JournalLog::open(files, dir, {}, clock, [&replayed](Sequence, std::string_view) { ++replayed; }));
  CHECK(replayed == durable);
  std::filesystem::remove_all(dir);
}
BENCHMARK(commit_in_groups)->Arg(4 << 10)->Arg(100 << 10)->Arg(1 << 20)->UseRealTime()->MinTime(0.5);

void replay(benchmark::State& state) {
  std::filesystem::remove_all(dir);
  io::PosixFileSystem files;
  const SystemClock clock;
  constexpr std::int64_t records = 1000;
  LogConfig config;
  config.sync = SyncMode::off;
  {
    auto log = JournalLog::open(files, dir, config, clock, [](Sequence, std::string_view) {});
    CHECK(log);
    for (std::int64_t i = 0; i < records; ++i) {
      CHECK((*log)->append(std::string(static_cast<std::size_t>(state.range(0)), 'x')) && (*log)->commit());
    }
  }
  for (auto _ : state) {
    std::int64_t replayed = 0;
    CHECK(JournalLog::open(files, dir, config, clock, [&replayed](Sequence, std::string_view) { ++replayed; }));
    CHECK(replayed == records);
  }
  state.SetBytesProcessed(state.iterations() * records * state.range(0));
  std::filesystem::remove_all(dir);
}
BENCHMARK(replay)->Arg(100 << 10)->UseRealTime();

}  // namespace
}  // namespace filo::journal
