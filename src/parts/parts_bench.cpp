// What a part costs to write, on disk and to ask, over spans like production's.
#include <benchmark/benchmark.h>

#include <unordered_map>

#include "base/check.h"
#include "io/posix_file_system.h"
#include "parts/part_writer.h"
#include "parts/scan.h"
#include "test/support/temporary_directory.h"
#include "workload/workload.h"

namespace filo::parts {
namespace {

constexpr std::size_t spans_wanted = 1'000'000;

std::vector<Trace> make_traces(workload::Profile profile, std::size_t spans_max) {
  workload::Settings settings;
  settings.profile = profile;
  settings.start = Timestamp{1'700'000'000'000'000'000};
  const workload::Workload source(settings);
  std::vector<Trace> traces;
  std::size_t spans = 0;
  for (std::uint64_t first = 0; spans < spans_max; first += source.group_traces()) {
    const auto batch = std::make_shared<const SpanBatch>(source.traces(first, source.group_traces()));
    std::unordered_map<TraceId, SpanSet> sets;
    for (const auto& span : batch->spans) sets[span.trace_id].spans.push_back(span);
    for (auto& [id, set] : sets) {
      set.owners.push_back(batch);
      spans += set.spans.size();
      traces.push_back(assemble(id, std::move(set)));
    }
  }
  return traces;
}

std::vector<Piece> as_pieces(const std::vector<Trace>& traces) {
  std::vector<Piece> pieces;
  for (const auto& trace : traces) pieces.push_back({&trace, 1});
  return pieces;
}

// Seals 100,000 spans at a time, as a busy window does.
void seal(benchmark::State& state, workload::Profile profile, int level) {
  const std::vector<Trace> traces = make_traces(profile, 100'000);
  const test::TemporaryDirectory directory;
  io::PosixFileSystem files;
  WriterSettings settings;
  settings.zstd_level = level;
  PartInfo info;
  int number = 0;
  for (auto _ : state) {
    const std::string path = directory.path() + "/" + std::to_string(number++) + ".part";
    auto written = write_part(files, path, as_pieces(traces), settings);
    CHECK(written.has_value() && written->spans >= 100'000);
    info = *written;
    CHECK(files.remove(path).has_value());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(info.spans));
  state.counters["disk_bytes_per_span"] = static_cast<double>(info.file_bytes) / static_cast<double>(info.spans);
}
void BM_SealSmall(benchmark::State& state) { seal(state, workload::Profile::small, static_cast<int>(state.range(0))); }
void BM_SealRealistic(benchmark::State& state) {
  seal(state, workload::Profile::realistic, static_cast<int>(state.range(0)));
}
BENCHMARK(BM_SealSmall)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SealRealistic)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);

// One part of a million spans, and things that are known to be in it.
struct Searched {
  test::TemporaryDirectory directory;
  io::PosixFileSystem files;
  std::shared_ptr<const Part> part;
  std::vector<TraceId> ids;
  std::string operation;  // of the most frequent service and operation, as a filter
  std::string selective;  // an attribute value of one span
  std::string key;

  Searched() {
    const std::vector<Trace> traces = make_traces(workload::Profile::small, spans_wanted);
    for (const auto& trace : traces) ids.push_back(trace.id);
    const Span& sample = traces[traces.size() / 2].spans.back();
    operation =
        "service=\"" + std::string(sample.resource->service) + "\" operation=\"" + std::string(sample.name) + "\"";
    for (const auto& attribute : sample.attributes) {
      if (attribute.value.type() != ValueType::string) continue;
      if (attribute.value.text().size() < to_text(AttributeValue::of_string(selective)).size()) continue;
      key = attribute.key;
      selective = attribute.value.text();
    }
    auto written = write_part(files, directory.path() + "/1.part", as_pieces(traces), {});
    CHECK(written.has_value());
    part = *Part::open(files, directory.path() + "/1.part");
  }
};

const Searched& searched() {
  static const Searched searched;
  return searched;
}

void BM_FindWarm(benchmark::State& state) {
  const Searched& data = searched();
  std::size_t next = 0;
  for (auto _ : state) {
    SpanSet set;
    CHECK(data.part->find(data.ids[next], set).has_value() && !set.spans.empty());
    next = (next + 7919) % data.ids.size();
  }
}
BENCHMARK(BM_FindWarm)->Unit(benchmark::kMicrosecond);

void BM_FindAbsent(benchmark::State& state) {
  const Searched& data = searched();
  std::uint64_t next = 0;
  for (auto _ : state) {
    SpanSet set;
    CHECK(data.part->find({++next, next}, set).has_value() && set.spans.empty());
  }
}
BENCHMARK(BM_FindAbsent)->Unit(benchmark::kMicrosecond);

// The newest hundred, or all there are.
std::size_t search(const std::string& text) {
  const auto parsed = filter::parse(text);
  CHECK(std::holds_alternative<filter::SpanFilter>(parsed));
  PartScan scan(searched().part, std::get<filter::SpanFilter>(parsed), {});
  std::vector<Match> matches;
  while (!scan.is_done() && matches.size() < 100) CHECK(scan.step(matches).has_value());
  return matches.size();
}

void BM_SearchOperation(benchmark::State& state) {
  for (auto _ : state) CHECK(search(searched().operation) > 0);
}
void BM_SearchSelectiveValue(benchmark::State& state) {
  const std::string text = searched().key + "=\"" + searched().selective + "\"";
  for (auto _ : state) CHECK(search(text) > 0);
}
void BM_SearchAbsentValue(benchmark::State& state) {
  const std::string text = searched().key + "=surely-not-there";
  for (auto _ : state) CHECK(search(text) == 0);
}
void BM_SearchDurationAndAttribute(benchmark::State& state) {
  const std::string text =
      searched().operation + " duration>1us has(\"" + searched().key + "\") " + searched().key + "!=surely-not-there";
  for (auto _ : state) CHECK(search(text) > 0);
}
BENCHMARK(BM_SearchOperation)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SearchSelectiveValue)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SearchAbsentValue)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SearchDurationAndAttribute)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace filo::parts
