// The native API over HTTP: a real server, a real client, brute-force readers.
#include "api/native/native_api.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>

#include "net/content_encoding.h"
#include "test/support/api_server.h"
#include "test/support/golden.h"

namespace filo::api {
namespace {

constexpr std::string_view trace_path = "/api/x/v1/traces/5b8efff798038103d269b633813fc60c";

std::string path_of(std::string_view part) { return std::string(trace_path) + std::string(part); }

// took_ms is the one thing that differs between two runs.
std::string without_time(std::string text) {
  for (std::size_t at = text.find("\"took_ms\":"); at != std::string::npos; at = text.find("\"took_ms\":", at + 1)) {
    const std::size_t begin = at + 10;
    text.replace(begin, text.find(',', begin) - begin, "0");
  }
  return text;
}

class NativeApi : public testing::Test {
 protected:
  std::string version() {
    simdjson::dom::parser parser;
    std::string_view text;
    const auto response = server.get(trace_path);
    EXPECT_EQ(parser.parse(response.body)["version"].get(text), simdjson::SUCCESS);
    return std::string(text);
  }
  void expect_problem(const net::Response& response, int status, std::string_view part) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.headers.find("content-type"), "application/problem+json");
    EXPECT_NE(response.body.find(part), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("\"status\":" + std::to_string(status)), std::string::npos) << response.body;
  }

  test::ApiServer server{add_native_api};
};

TEST_F(NativeApi, Answers) {
  std::string all;
  const auto add = [&all](std::string_view name, const net::Response& response) {
    EXPECT_EQ(response.status, 200) << name << ": " << response.body;
    EXPECT_EQ(response.headers.find("cache-control"), "no-store") << name;
    all.append("# ").append(name).append("\n").append(without_time(response.body)).append("\n");
  };
  add("boot", server.get("/api/x/v1/boot"));
  add("services", server.get("/api/x/v1/services"));
  add("operations", server.get("/api/x/v1/operations?service=stock"));
  add("attributes", server.get("/api/x/v1/attributes?prefix=h&limit=10"));
  add("attribute-values", server.get("/api/x/v1/attribute-values?key=resource.host.name"));
  add("search", server.request("POST", "/api/x/v1/search", "{\"q\":\"service=shop\"}"));
  add("search nothing", server.request("POST", "/api/x/v1/search", "{\"q\":\"service=none\"}"));
  const std::string v = version();
  add("filter", server.request("POST", path_of("/filter"), "{\"version\":\"" + v + "\",\"q\":\"service=stock\"}"));
  test::expect_golden("api/native_answers.txt", all);

  const auto spans = server.request("POST", path_of("/spans"), "{\"version\":\"" + v + "\",\"rows\":[2,0]}");
  EXPECT_EQ(spans.status, 200);
  EXPECT_LT(spans.body.find("\"row\":2"), spans.body.find("\"row\":0"));
  EXPECT_TRUE(server.get(path_of("/export")).body.starts_with("{\"resourceSpans\":["));
  const auto jaeger = server.get(path_of("/export?format=jaeger"));
  EXPECT_TRUE(jaeger.body.starts_with("{\"data\":[{\"traceID\":\"5b8efff798038103d269b633813fc60c\""));
  EXPECT_EQ(jaeger.headers.find("content-disposition"),
            "attachment; filename=\"5b8efff798038103d269b633813fc60c.json\"");
}

TEST_F(NativeApi, SearchPagesGoOnAtTheCursor) {
  const auto batch = test::sample_trace();
  for (std::uint64_t i = 1; i <= 7; ++i) {
    Span span = batch->spans[0];
    span.trace_id = {0, i};
    (i % 2 == 0 ? server.window : server.store).add(span);
  }
  std::size_t traces = 0;
  std::string cursor;
  for (int page = 0; page < 8; ++page) {
    const auto response =
        server.request("POST", "/api/x/v1/search",
                       "{\"limit\":3" + (cursor.empty() ? std::string() : ",\"cursor\":\"" + cursor + "\"") + "}");
    ASSERT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.find("content-type"), "application/x-ndjson");
    for (std::size_t at = 0; (at = response.body.find("{\"t\":\"trace\"", at)) != std::string::npos; ++at) ++traces;
    const std::size_t at = response.body.find("\"cursor\":");
    ASSERT_NE(at, std::string::npos);
    if (response.body.substr(at + 9, 4) == "null") break;
    cursor = response.body.substr(at + 10, response.body.find('"', at + 10) - at - 10);
  }
  EXPECT_EQ(traces, 8U);
}

TEST_F(NativeApi, ColumnsComeAsTheClientLikesThem) {
  const auto json = server.get(trace_path);
  EXPECT_EQ(json.headers.find("content-type"), "application/json");
  const auto etag = json.headers.find("etag");
  ASSERT_TRUE(etag.has_value());
  net::Headers headers;
  headers.add("if-none-match", std::string(*etag));
  EXPECT_EQ(server.request("GET", trace_path, {}, headers).status, 304);
  net::Headers binary;
  binary.add("accept", "application/x-trc1");
  binary.add("if-none-match", std::string(*etag));
  const auto trc1 = server.request("GET", trace_path, {}, binary);
  EXPECT_EQ(trc1.status, 200);
  EXPECT_EQ(trc1.headers.find("content-type"), "application/x-trc1");
  EXPECT_TRUE(trc1.body.starts_with("TRC1"));
  EXPECT_NE(trc1.headers.find("etag"), etag);
}

TEST_F(NativeApi, LargeAnswersAreCompressedForThoseWhoTakeIt) {
  const auto batch = test::sample_trace();
  Span span = batch->spans[1];
  const std::string name(20'000, 'x');
  span.trace_id = {0, 5};
  span.name = name;
  server.window.add(span);
  net::Headers headers;
  headers.add("accept-encoding", "gzip");
  const auto response = server.request("GET", "/api/x/v1/traces/5", {}, headers);
  ASSERT_EQ(response.headers.find("content-encoding"), "gzip");
  const auto decoded = net::decode_body(response.body, "gzip", 1U << 20);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_NE(decoded->find(name), std::string::npos);
  EXPECT_FALSE(server.get("/api/x/v1/traces/5").headers.find("content-encoding").has_value());
}

TEST_F(NativeApi, SaysWhatIsWrongWithARequest) {
  expect_problem(server.get("/api/x/v1/services?limt=5"), 400, "unknown query parameter: limt");
  expect_problem(server.get("/api/x/v1/services?limit=0"), 400, "limit: expected a number from 1 to 10000");
  expect_problem(server.get("/api/x/v1/services?limit=10001"), 400, "limit");
  expect_problem(server.get("/api/x/v1/services?service=a"), 400, "unknown query parameter: service");
  expect_problem(server.get("/api/x/v1/attribute-values"), 400, "key: is required");
  expect_problem(server.get("/api/x/v1/attribute-values?key=service"), 400, "key: expected an attribute key");
  expect_problem(server.get("/api/x/v1/attribute-values?key=a)%20has(b"), 400, "key: expected an attribute key");
  expect_problem(server.get("/api/x/v1/traces/xyz"), 400, "hexadecimal");
  expect_problem(server.get("/api/x/v1/traces/9aa"), 404, "000000000000000000000000000009aa");
  expect_problem(server.get(path_of("?a=1")), 400, "unknown query parameter: a");
  expect_problem(server.get(path_of("/export?format=pdf")), 400, "format: expected otlp or jaeger");
  expect_problem(server.get(path_of("/nothing")), 404, "no such path");
  expect_problem(server.get("/api/x/v1/nothing"), 404, "no such path");
  expect_problem(server.get(path_of("/spans")), 405, "POST");
  expect_problem(server.request("POST", trace_path, "{}"), 405, "GET");
  expect_problem(server.request("POST", path_of("/spans"), "{"), 400, "not valid JSON");
  expect_problem(server.request("POST", path_of("/spans"), "{\"version\":\"x\",\"rows\":[0]}"), 409, "conflict");
  expect_problem(server.request("POST", path_of("/spans"), "{\"version\":\"" + version() + "\",\"rows\":[3]}"), 400,
                 "rows: expected numbers below 3");
  expect_problem(server.request("POST", path_of("/filter"), "{\"version\":\"x\",\"q\":\"\"}"), 409, "conflict");
  expect_problem(server.request("POST", path_of("/filter?a=1"), "{}"), 400, "unknown query parameter: a");
  const auto search = [this](std::string_view body) { return server.request("POST", "/api/x/v1/search", body); };
  expect_problem(search("{\"q\":\"service\"}"), 400, "\"position\":7");
  expect_problem(search("{\"limit\":0}"), 400, "limit: expected a number from 1 to 1500");
  expect_problem(search("{\"limit\":1501}"), 400, "limit");
  expect_problem(search("{\"cursor\":\"x\"}"), 400, "cursor");
  expect_problem(search("{\"from\":\"5\",\"to\":\"4\"}"), 400, "from");
  expect_problem(search(std::string((1U << 20) + 1, ' ')), 413, "too_large");
  net::Headers gzip;
  gzip.add("content-encoding", "gzip");
  expect_problem(server.request("POST", "/api/x/v1/search", "not gzip", gzip), 400, "the body");
}

TEST_F(NativeApi, AFailedStoreIsNamedAndATraceItMayHoldIsNotDenied) {
  server.store.fails_to_find = server.store.fails_to_list = true;
  const auto search = server.request("POST", "/api/x/v1/search", "{}");
  EXPECT_NE(search.body.find("\"t\":\"trace\""), std::string::npos);
  EXPECT_NE(search.body.find("\"complete\":false"), std::string::npos);
  EXPECT_NE(search.body.find("store: out of order"), std::string::npos);
  expect_problem(server.get("/api/x/v1/traces/77"), 503, "store: out of order");
  EXPECT_NE(server.get(trace_path).body.find("\"complete\":false"), std::string::npos);
}

TEST(NativeApiBusy, SaysSo) {
  test::ApiServer server(add_native_api, {.threads = 1, .waiting_max = 1});
  server.workers().stop();
  const auto response = server.get("/api/x/v1/services");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.find("retry-after"), "1");
  EXPECT_NE(response.body.find("overloaded"), std::string::npos);
}

// Every path of the description is served; every word that it requires of an answer stands in the golden answers.
TEST_F(NativeApi, KeepsToItsDescription) {
  std::ifstream description(test::source_tree() / "proto/filo/query.openapi.yaml");
  ASSERT_TRUE(description.is_open());
  std::string answers;
  for (const auto* name : {"api/native_answers.txt", "api/trace_columns.json", "api/span_details.json"}) {
    std::ifstream file(test::golden_path(name));
    answers.append(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  answers += server.get("/api/x/v1/traces/77").body + "\"t\"\"problem\"\"traces\"\"rows\"\"q\"";
  std::size_t paths = 0;
  std::size_t words = 0;
  for (std::string line; std::getline(description, line);) {
    if (line.starts_with("  /")) {
      ++paths;
      std::string path = "/api/x/v1" + line.substr(2, line.size() - 3);
      const std::size_t brace = path.find("{traceId}");
      if (brace != std::string::npos) path.replace(brace, 9, "5b8efff798038103d269b633813fc60c");
      const auto response = server.get(path);
      EXPECT_NE(response.status, 404) << path;
    }
    const std::size_t required = line.find("required: [");
    if (required == std::string::npos) continue;
    std::string list = line.substr(required + 11, line.find(']') - required - 11) + ",";
    for (std::size_t at = 0, end = 0; (end = list.find(',', at)) != std::string::npos; at = end + 1) {
      while (list[at] == ' ') ++at;
      const std::string word = list.substr(at, end - at);
      EXPECT_NE(answers.find("\"" + word + "\""), std::string::npos) << word;
      ++words;
    }
  }
  EXPECT_GE(paths, 10U);
  EXPECT_GE(words, 80U);
}

}  // namespace
}  // namespace filo::api
