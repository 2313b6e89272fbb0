// Jaeger's API over HTTP: a real server, a real client, brute-force readers.
#include "api/jaeger/jaeger_api.h"

#include <gtest/gtest.h>

#include "test/support/api_server.h"
#include "test/support/golden.h"

namespace filo::api {
namespace {

class JaegerApi : public testing::Test {
 protected:
  void expect_failure(std::string_view path, int status, std::string_view message) {
    const auto response = server.get(path);
    EXPECT_EQ(response.status, status) << path;
    EXPECT_EQ(response.headers.find("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(response.headers.find("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.body, "{\"data\":null,\"total\":0,\"limit\":0,\"offset\":0,\"errors\":[{\"code\":" +
                                 std::to_string(status) + ",\"msg\":\"" + std::string(message) + "\"}]}\n");
  }
  test::ApiServer server{add_jaeger_api};
};

TEST_F(JaegerApi, Answers) {
  std::string all;
  for (const std::string_view path : {
           "/api/services",
           "/api/services/shop/operations",
           "/api/services/none/operations",
           "/api/operations?service=stock",
           "/api/operations?service=stock&spanKind=client",
           "/api/traces/5b8efff798038103d269b633813fc60c?prettyPrint=true",
           "/api/traces?service=shop&tag=error:true&limit=5",
           "/api/traces?service=none",
           "/api/traces?traceID=5b8efff798038103d269b633813fc60c&traceID=77",
       }) {
    const auto response = server.get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.headers.find("content-type"), "application/json") << path;
    all.append("# ").append(path).append("\n").append(response.body).append("\n");
  }
  test::expect_golden("api/jaeger_answers.txt", all);
}

TEST_F(JaegerApi, ServicesMayHoldSlashes) {
  const Attribute attributes[] = {{"service.name", AttributeValue::of_string("a/b c")}};
  Resource resource;
  resource.attributes = attributes;
  resource.finish();
  const auto batch = test::sample_trace();
  Span span = batch->spans[1];
  span.name = "x";
  span.resource = &resource;
  server.store.add(span);
  const auto response = server.get("/api/services/a%2Fb%20c/operations");
  EXPECT_EQ(response.body, "{\"data\":[\"x\"],\"total\":1,\"limit\":0,\"offset\":0,\"errors\":null}");
}

TEST_F(JaegerApi, Failures) {
  expect_failure("/api/operations", 400, "parameter 'service' is required");
  expect_failure("/api/traces", 400, "parameter 'service' is required");
  expect_failure("/api/traces/77", 404, "trace not found");
  expect_failure("/api/traces/x", 400, "cannot parse traceID param: \\\"x\\\" is not a trace ID");
  expect_failure("/api/traces/77?start=x", 400,
                 "unable to parse param 'start': strconv.ParseInt: parsing \\\"x\\\": invalid syntax");
  for (const std::string_view path : {"/api/nothing", "/api/services/shop/nothing"}) {
    const auto response = server.get(path);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "404 page not found\n");
    EXPECT_EQ(response.headers.find("content-type"), "text/plain; charset=utf-8");
  }
}

TEST_F(JaegerApi, AFailedStoreIsAnErrorBesideTheDataOrInsteadOfIt) {
  server.store.fails_to_find = server.store.fails_to_list = true;
  const auto found = server.get("/api/traces?service=shop");
  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find("\"errors\":[{\"msg\":\"store: out of order\"}]"), std::string::npos) << found.body;
  expect_failure("/api/traces?service=none", 500, "store: out of order");
  expect_failure("/api/traces/77", 500, "store: out of order");
}

TEST(JaegerApiBusy, SaysSo) {
  test::ApiServer server(add_jaeger_api);
  server.workers().stop();
  const auto response = server.get("/api/services");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.find("retry-after"), "1");
}

}  // namespace
}  // namespace filo::api
