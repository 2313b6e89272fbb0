// What one request pays to take a context in and to hand it on, by format: ids and two items of baggage, among the
// headers that HTTP requests bring.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "propagation/propagator.h"

namespace filo::propagation {
namespace {

constexpr Header ordinary[] = {
    {"Host", "shop.example.com"},           {"User-Agent", "curl/7.88.1"},        {"Accept", "*/*"},
    {"Accept-Encoding", "gzip, deflate"},   {"Content-Type", "application/json"}, {"Content-Length", "123"},
    {"Cookie", "session=0123456789abcdef"}, {"X-Forwarded-For", "10.0.0.1"},
};
constexpr Header w3c[] = {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                          {"tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"},
                          {"baggage", "session=abc-123,user=alice"}};
constexpr Header b3[] = {{"b3", "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1"}};
constexpr Header b3_multi[] = {{"X-B3-TraceId", "4bf92f3577b34da6a3ce929d0e0e4736"},
                               {"X-B3-SpanId", "00f067aa0ba902b7"},
                               {"X-B3-ParentSpanId", "0020000000000001"},
                               {"X-B3-Sampled", "1"}};
constexpr Header jaeger[] = {{"uber-trace-id", "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1"},
                             {"uberctx-session", "abc-123"},
                             {"uberctx-user", "alice"}};
constexpr Header skywalking[] = {
    {"sw8",
     "1-ZTY3ZWExOTJlOTg4NGNjMWJhZmFiMjM5ZWEwYjhkMjk=-ZjE5YTY3NzM2ZTRlNDc2Y2IwZjUxNDZiZWNmODM4MDY=-2-c3ctZnJvbnRlbmQ=-"
     "ZmUtMQ==-L2NoYXJnZQ==-cGF5bWVudC5sb2NhbDo5MDkw"},
    {"sw8-correlation", "c2Vzc2lvbg==:YWJjLTEyMw==,dXNlcg==:YWxpY2U="}};
constexpr Header sofa[] = {{"X-B3-TraceId", "0ad1348f1403169275002100356696"},
                           {"X-B3-SpanId", "0.1.2"},
                           {"X-B3-ParentSpanId", "0.1"},
                           {"X-B3-Sampled", "true"},
                           {"baggage-session", "abc-123"},
                           {"baggage-user", "alice"}};
constexpr Header sofa_head[] = {
    {"sftc_head", "tcid=0ad1348f1403169275002100356696&spid=0.1.2&pspid=0.1&sample=true&session=abc-123&user=alice&"}};
constexpr Header sofa_triple[] = {{"tri-trace-traceid", "0ad1348f1403169275002100356696"},
                                  {"tri-trace-rpcid", "0.1.2"},
                                  {"tri-trace-samp", "true"},
                                  {"tri-trace-biz-baggage", "session=abc-123&user=alice&"}};
constexpr Header eagleeye[] = {{"EagleEye-TraceID", "0a67793015313127251908120e23db"},
                               {"EagleEye-RpcID", "0.1.2"},
                               {"EagleEye-Sampled", "1"},
                               {"EagleEye-UserData", "session=abc-123&user=alice"}};

// A request: the headers of the case behind the ordinary ones.
struct Request {
  Header headers[32];
  std::size_t size = 0;

  void add(std::span<const Header> more) {
    for (const Header& header : more) headers[size++] = header;
  }
  HeaderList list() const { return HeaderList(std::span(headers).first(size)); }
};

class Discarded final : public HeaderWriter {
 public:
  void set(std::string_view name, std::string_view value) override {
    benchmark::DoNotOptimize(name.data());
    benchmark::DoNotOptimize(value.data());
    ++count;
  }
  std::size_t count = 0;
};

void bench_extract(benchmark::State& state, const char* name, std::span<const Header> given) {
  const Format& format = *find_built_in_format(name);
  Request request;
  request.add(ordinary);
  request.add(given);
  const HeaderList headers = request.list();
  static char memory[scratch_bytes];
  for (auto _ : state) {
    Scratch scratch(memory);
    Context context;
    const Extraction result = format.extract(headers, scratch, context);
    CHECK(result == Extraction::taken);
    benchmark::DoNotOptimize(context.trace_id);
  }
  state.SetItemsProcessed(state.iterations());
}

void bench_inject(benchmark::State& state, const char* name, std::span<const Header> given) {
  const Format& format = *find_built_in_format(name);
  static char memory[scratch_bytes];
  Scratch scratch(memory);
  Context context;
  CHECK(format.extract(HeaderList(given), scratch, context) == Extraction::taken);
  Discarded written;
  for (auto _ : state) {
    Scratch left = scratch;
    CHECK(format.inject(context, left, written));
  }
  CHECK(written.count > 0);
  state.SetItemsProcessed(state.iterations());
}

// One known format in a request that is asked for all of them.
void bench_propagator(benchmark::State& state, std::initializer_list<const char*> names) {
  Propagator propagator;
  for (const char* name : names) CHECK(propagator.add_extract(*find_built_in_format(name)));
  Request request;
  request.add(ordinary);
  request.add(w3c);
  const HeaderList headers = request.list();
  static char memory[scratch_bytes];
  Context context;
  for (auto _ : state) {
    Scratch scratch(memory);
    CHECK(propagator.extract(headers, scratch, context) == Extraction::taken);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(bench_extract, w3c, "w3c", w3c);
BENCHMARK_CAPTURE(bench_extract, b3, "b3", b3);
BENCHMARK_CAPTURE(bench_extract, b3_multi, "b3multi", b3_multi);
BENCHMARK_CAPTURE(bench_extract, jaeger, "jaeger", jaeger);
BENCHMARK_CAPTURE(bench_extract, skywalking, "skywalking", skywalking);
BENCHMARK_CAPTURE(bench_extract, sofa, "sofatracer", sofa);
BENCHMARK_CAPTURE(bench_extract, sofa_head, "sofatracer-head", sofa_head);
BENCHMARK_CAPTURE(bench_extract, sofa_triple, "sofatracer-triple", sofa_triple);
BENCHMARK_CAPTURE(bench_extract, eagleeye, "eagleeye", eagleeye);
BENCHMARK_CAPTURE(bench_inject, w3c, "w3c", w3c);
BENCHMARK_CAPTURE(bench_inject, b3, "b3", b3);
BENCHMARK_CAPTURE(bench_inject, b3_multi, "b3multi", b3_multi);
BENCHMARK_CAPTURE(bench_inject, jaeger, "jaeger", jaeger);
BENCHMARK_CAPTURE(bench_inject, skywalking, "skywalking", skywalking);
BENCHMARK_CAPTURE(bench_inject, sofa, "sofatracer", sofa);
BENCHMARK_CAPTURE(bench_inject, sofa_head, "sofatracer-head", sofa_head);
BENCHMARK_CAPTURE(bench_inject, sofa_triple, "sofatracer-triple", sofa_triple);
BENCHMARK_CAPTURE(bench_inject, eagleeye, "eagleeye", eagleeye);
BENCHMARK_CAPTURE(bench_propagator, w3c_alone, {"w3c"});
BENCHMARK_CAPTURE(bench_propagator, six_formats, {"w3c", "b3", "jaeger", "skywalking", "eagleeye", "sofatracer"});

}  // namespace
}  // namespace filo::propagation
