#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "api/answer.h"
#include "api/jaeger_trace.h"
#include "api/json_writer.h"
#include "test/support/golden.h"
#include "test/support/sample_trace.h"

namespace filo::api {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out = "kept";
  JsonWriter json(out);
  json.begin_object().key("a").begin_array().integer(-1).text("x\"[").boolean(true).null().end_array();
  json.key("b").begin_object().end_object().key("c").decimal(INT64_MIN).key("d").number(0.5);
  json.key("e").begin_array().begin_object().end_object().begin_array().end_array().end_array();
  json.key("f").count(UINT64_MAX).end_object();
  EXPECT_EQ(out,
            "kept{\"a\":[-1,\"x\\\"[\",true,null],\"b\":{},\"c\":\"-9223372036854775808\",\"d\":0.5,\"e\":[{},[]],"
            "\"f\":18446744073709551615}");
}

TEST(JsonWriter, IndentsLikeGo) {
  EXPECT_EQ(indented("{\"a\":[1,{\"b\":\"x,{:\\\"}\"}],\"c\":[],\"d\":{}}"),
            "{\n    \"a\": [\n        1,\n        {\n            \"b\": \"x,{:\\\"}\"\n        }\n    ],\n"
            "    \"c\": [],\n    \"d\": {}\n}");
}

TEST(AcceptsGzip, ReadsTheHeader) {
  const auto accepts = [](std::string value) {
    net::Headers headers;
    headers.add("accept-encoding", std::move(value));
    return accepts_gzip(headers);
  };
  EXPECT_TRUE(accepts("gzip"));
  EXPECT_TRUE(accepts("br, gzip;q=0.5"));
  EXPECT_TRUE(accepts("*"));
  EXPECT_FALSE(accepts("gzip;q=0"));
  EXPECT_FALSE(accepts("gzip; q=0.000"));
  EXPECT_FALSE(accepts("identity, br"));
  EXPECT_FALSE(accepts_gzip({}));
}

TEST(QueryWorkers, RefuseWhenTooManyWaitAndRunWhatTheyTook) {
  QueryWorkers workers({.threads = 1, .waiting_max = 2});
  std::mutex mutex;
  std::condition_variable changed;
  bool running = false;
  bool released = false;
  std::atomic<int> ran{0};
  ASSERT_TRUE(workers.try_run([&] {
    std::unique_lock lock(mutex);
    running = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
    ++ran;
  }));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running; });
  }
  EXPECT_TRUE(workers.try_run([&] { ++ran; }));
  EXPECT_TRUE(workers.try_run([&] { ++ran; }));
  EXPECT_FALSE(workers.try_run([&] { ++ran; }));
  EXPECT_EQ(workers.metrics().jobs_refused.value(), 1U);
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  workers.stop();
  EXPECT_EQ(ran.load(), 3);
  EXPECT_FALSE(workers.try_run([] {}));
  telemetry::MetricWriter writer;
  describe(workers.metrics(), writer);
  EXPECT_NE(writer.text().find("filo_api_jobs_total 3"), std::string::npos);
}

TEST(JaegerTrace, HasEverythingJaegerHasAWordFor) {
  const auto batch = test::sample_trace();
  SpanSet set;
  set.owners.push_back(batch);
  set.spans = batch->spans;
  std::string json;
  append_jaeger_trace(json, assemble(test::sample_trace_id, std::move(set)));
  test::expect_golden("api/jaeger_trace.json", indented(json) + "\n");
}

TEST(JaegerTrace, NumbersProcessesByContentAndCutsShortTraceIds) {
  const Attribute attributes[] = {{"service.name", AttributeValue::of_string("a")}};
  Resource one;
  one.attributes = attributes;
  one.finish();
  Resource same = one;
  const Resource other{{}, "", unknown_service, 0};
  const Scope scope;
  SpanSet set;
  for (const Resource* resource : std::initializer_list<const Resource*>{&one, &same, &other}) {
    Span span;
    span.trace_id = {0, 0xab};
    span.id = {set.spans.size() + 1};
    span.start = Timestamp{static_cast<std::int64_t>(set.spans.size())};
    span.end = span.start;
    span.resource = resource;
    span.scope = &scope;
    set.spans.push_back(span);
  }
  std::string json;
  append_jaeger_trace(json, assemble({0, 0xab}, std::move(set)));
  EXPECT_NE(json.find("\"traceID\":\"00000000000000ab\""), std::string::npos);
  EXPECT_NE(json.find("\"processes\":{\"p1\":{\"serviceName\":\"a\",\"tags\":[]},"
                      "\"p2\":{\"serviceName\":\"unknown_service\",\"tags\":[]}}"),
            std::string::npos);
}

}  // namespace
}  // namespace filo::api
