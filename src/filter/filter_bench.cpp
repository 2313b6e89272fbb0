#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "filter/span_filter.h"

namespace filo::filter {
namespace {

// Eleven attributes a span, as load generators send them; the looked-for one stands last.
void bench_filter(benchmark::State& state, const char* text) {
  std::vector<std::string> keys;
  for (int i = 0; i < 10; ++i) keys.push_back("attribute.key." + std::to_string(i));
  std::vector<Attribute> attributes;
  for (const auto& key : keys) attributes.push_back({key, AttributeValue::of_string("some value")});
  attributes.push_back({"http.status_code", AttributeValue::of_int(503)});
  const Attribute service[] = {{"service.name", AttributeValue::of_string("cart")}};
  Resource resource;
  resource.attributes = service;
  resource.finish();
  const Scope scope;
  Span span;
  span.attributes = attributes;
  span.name = "GET /cart/items";
  span.resource = &resource;
  span.scope = &scope;
  span.kind = SpanKind::server;
  const auto filter = std::get<SpanFilter>(parse(text));
  std::uint64_t found = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(span);
    found += matches(filter, span) ? 1U : 0U;
  }
  CHECK(found == static_cast<std::uint64_t>(state.iterations()));
  state.SetItemsProcessed(static_cast<std::int64_t>(found));
}

BENCHMARK_CAPTURE(bench_filter, service, "service=cart");
BENCHMARK_CAPTURE(bench_filter, attribute, "http.status_code>=500");
BENCHMARK_CAPTURE(bench_filter, four, "service=cart kind=server duration<1s http.status_code=503");
BENCHMARK_CAPTURE(bench_filter, regex, "operation=~\"GET /.*\"");

void bench_parse(benchmark::State& state) {
  for (auto _ : state) {
    auto result = parse("service=cart kind=server duration<1s http.status_code=503");
    CHECK(std::get<SpanFilter>(result).conditions.size() == 4);
  }
}
BENCHMARK(bench_parse);

}  // namespace
}  // namespace filo::filter
