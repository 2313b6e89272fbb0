// Spans as instrumentation sends them, 512 a request: a small one of 440 bytes with 12 attributes, one in ten with an
// event, and one of 1 KB. Rates are spans a second on one core.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

#include "base/random.h"
#include "model/span_batch.h"
#include "model/trace.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

constexpr std::size_t spans_per_request = 512;
enum class Size { small, large };

SpanBatch generate(Size size) {
  Random random(1);
  SpanBatch batch;
  Arena& arena = batch.arena;
  auto& resource = arena.array<Resource>(1).front();
  const Attribute resource_attributes[] = {{"service.name", AttributeValue::of_string("checkout")},
                                           {"service.version", AttributeValue::of_string("1.4.2")},
                                           {"host.name", AttributeValue::of_string("node-17.example.com")}};
  resource.attributes = arena.copy(std::span<const Attribute>(resource_attributes));
  resource.finish();
  auto& scope = arena.array<Scope>(1).front();
  scope.name = "http";
  static const std::string statement(600, 's');
  for (std::size_t i = 0; i < spans_per_request; ++i) {
    Span& span = batch.spans.emplace_back();
    span.trace_id = {random.next() | 1, random.next()};
    span.id = {random.next() | 1};
    span.parent_id = {random.next() | 1};
    span.start = {1'700'000'000'000'000'000 + static_cast<std::int64_t>(i)};
    span.end = span.start + Duration(1'000'000);
    span.name = "GET /api/v1/orders/{id}";
    span.kind = SpanKind::server;
    span.flags = 257;
    const Attribute attributes[] = {
        {"http.request.method", AttributeValue::of_string("GET")},
        {"http.route", AttributeValue::of_string("/api/v1/orders/{id}")},
        {"http.response.status_code", AttributeValue::of_int(200)},
        {"url.path", AttributeValue::of_string(arena.copy("/api/v1/orders/" + std::to_string(i)))},
        {"url.scheme", AttributeValue::of_string("https")},
        {"server.address", AttributeValue::of_string("orders.example.com")},
        {"server.port", AttributeValue::of_int(8443)},
        {"client.address", AttributeValue::of_string("10.1.2.3")},
        {"network.protocol.version", AttributeValue::of_string("1.1")},
        {"user_agent.original", AttributeValue::of_string("curl/7.88")},
        {"cache.hit", AttributeValue::of_bool(false)},
        {size == Size::small ? "n" : "db.statement",
         size == Size::small ? AttributeValue::of_double(0.5) : AttributeValue::of_string(statement)}};
    span.attributes = arena.copy(std::span<const Attribute>(attributes));
    if (i % 10 == 0) {
      const auto event = arena.array<Event>(1);
      event[0].time = span.start;
      event[0].name = "retry";
      event[0].attributes = arena.copy(std::span<const Attribute>(attributes).first(2));
      span.events = event;
    }
    span.resource = &resource;
    span.scope = &scope;
  }
  return batch;
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "benchmark did not do its work: %s\n", what);
  std::abort();
}

void report(benchmark::State& state, std::size_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * spans_per_request));
  state.counters["bytes_per_span"] = static_cast<double>(bytes) / spans_per_request;
}

void decode_protobuf(benchmark::State& state, Size size) {
  const std::string body = encode(generate(size).spans);
  for (auto _ : state) {
    state.PauseTiming();
    std::string received = body;  // by the network's code, not by ours
    state.ResumeTiming();
    auto decoded = decode(std::move(received));
    require(decoded && decoded->batch.spans.size() == spans_per_request, "decode");
  }
  report(state, body.size());
}

void encode_protobuf(benchmark::State& state, Size size) {
  const SpanBatch batch = generate(size);
  std::size_t bytes = 0;
  for (auto _ : state) bytes = encode(batch.spans).size();
  require(bytes > spans_per_request * 300, "encode");
  report(state, bytes);
}

void decode_json_text(benchmark::State& state, Size size) {
  Trace trace;
  const SpanBatch batch = generate(size);
  trace.spans = batch.spans;
  std::string body;
  append_json(body, trace);
  for (auto _ : state) {
    auto decoded = decode_json(body);
    require(decoded && decoded->batch.spans.size() == spans_per_request, "decode JSON");
  }
  report(state, body.size());
}

BENCHMARK_CAPTURE(decode_protobuf, small, Size::small);
BENCHMARK_CAPTURE(decode_protobuf, large, Size::large);
BENCHMARK_CAPTURE(encode_protobuf, small, Size::small);
BENCHMARK_CAPTURE(encode_protobuf, large, Size::large);
BENCHMARK_CAPTURE(decode_json_text, small, Size::small);
BENCHMARK_CAPTURE(decode_json_text, large, Size::large);

}  // namespace
}  // namespace filo::wire::otlp
