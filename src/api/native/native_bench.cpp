// Questions about one trace of 200,000 spans with 12 attributes in the embedded store, as the trace page asks them.
#include <benchmark/benchmark.h>

#include "api/native/answers.h"
#include "api/native/trace_columns.h"
#include "backends/embedded/embedded.h"
#include "base/check.h"
#include "io/memory_file_system.h"
#include "workload/workload.h"

namespace filo::api {
namespace {

constexpr std::size_t span_count = 200'000;

class Opened {
 public:
  Opened() {
    const Timestamp start{clock_.now().unix_ns - 60'000'000'000};
    const workload::Workload workload({.start = start, .spans_per_trace = span_count});
    auto batch = std::make_shared<const SpanBatch>(workload.traces(0, 1));
    SpanSet set{{batch}, batch->spans};
    Trace trace = assemble(workload.trace_id(0), std::move(set));
    id_ = to_hex(trace.id);
    version_ = version_of(trace);
    auto store = backends::Embedded::create(files_, clock_, "parts", {});
    CHECK(store.has_value());
    store_ = *std::move(store);
    const pipeline::SealedTrace sealed[] = {{std::move(trace), 1}};
    CHECK(store_->write(sealed).has_value());
    engine_ = std::make_unique<query::Engine>(std::vector<query::NamedReader>{{"store", store_.get()}}, clock_,
                                              query::EngineConfig{});
    context_ = std::make_unique<ApiContext>(ApiContext{*engine_, workers_, clock_, {}, {}});
  }

  // As a page's first question, and as a later one, which finds what the first left in `traces`.
  std::size_t ask(const std::string& method, const std::string& part, std::string body) const {
    OpenTraces none(*engine_, 0);
    return ask(none, method, part, std::move(body));
  }
  std::size_t ask(OpenTraces& traces, const std::string& method, const std::string& part, std::string body) const {
    Question question{{}, nullptr, Deadline::never()};
    question.request.method = method;
    question.request.query = part == "/export" ? "format=jaeger" : "";
    question.request.headers.add("accept", "application/x-trc1");
    question.request.body = std::move(body);
    const net::Response response = trace_answer(*context_, traces, id_ + part, question);
    CHECK(response.status == 200);
    return response.body.size();
  }
  const std::string& version() const { return version_; }
  const query::Engine& engine() const { return *engine_; }

 private:
  SystemClock clock_;
  io::MemoryFileSystem files_;
  std::unique_ptr<backends::Embedded> store_;
  std::unique_ptr<query::Engine> engine_;
  QueryWorkers workers_{{.threads = 1}};
  std::unique_ptr<ApiContext> context_;
  std::string id_;
  std::string version_;
};

const Opened& opened() {
  static const Opened once;
  return once;
}

void get_columns(benchmark::State& state) {
  (void)opened();  // not what is measured
  for (auto _ : state) CHECK(opened().ask("GET", "", "") > span_count * 38);
}
BENCHMARK(get_columns)->Unit(benchmark::kMillisecond);

void get_jaeger_json(benchmark::State& state) {
  for (auto _ : state) CHECK(opened().ask("GET", "/export", "") > span_count * 400);
}
BENCHMARK(get_jaeger_json)->Unit(benchmark::kMillisecond);

void post_spans(benchmark::State& state) {
  const std::string body = R"({"version":")" + opened().version() + R"(","rows":[1,100,10000,199999]})";
  OpenTraces traces(opened().engine(), ApiLimits{}.open_traces_bytes_max);
  (void)opened().ask(traces, "GET", "", "");
  for (auto _ : state) CHECK(opened().ask(traces, "POST", "/spans", body) > 1000);
}
BENCHMARK(post_spans)->Unit(benchmark::kMillisecond);

void post_filter(benchmark::State& state) {
  const std::string body = R"({"version":")" + opened().version() + R"(","q":"status=error"})";
  OpenTraces traces(opened().engine(), ApiLimits{}.open_traces_bytes_max);
  (void)opened().ask(traces, "GET", "", "");
  for (auto _ : state) CHECK(opened().ask(traces, "POST", "/filter", body) > 10);
}
BENCHMARK(post_filter)->Unit(benchmark::kMillisecond);

void assemble_shuffled(benchmark::State& state) {
  const workload::Workload workload({.start = Timestamp{1'760'000'000'000'000'000}, .spans_per_trace = span_count});
  const SpanBatch batch = workload.traces(0, 1);
  for (auto _ : state) {
    state.PauseTiming();
    SpanSet set{{}, batch.spans};
    state.ResumeTiming();
    CHECK(assemble(workload.trace_id(0), std::move(set)).spans.size() == span_count);
  }
}
BENCHMARK(assemble_shuffled)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace filo::api
