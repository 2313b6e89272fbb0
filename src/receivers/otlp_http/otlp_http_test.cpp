#include "receivers/otlp_http/otlp_http.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "net/client.h"
#include "net/content_encoding.h"
#include "test/support/random_spans.h"
#include "test/support/raw_connection.h"
#include "test/support/receiver_fixture.h"
#include "test/support/sinks.h"
#include "test/support/source_tree.h"
#include "wire/otlp/otlp.h"

namespace filo::receivers::otlp_http {
namespace {

using test::RunningReceiver;

std::string some_spans(std::size_t count) { return wire::otlp::encode(test::RandomSpans(1).batch(count).spans); }
constexpr const char* one_json_span =
    R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f",)"
    R"("spanId":"0001020304050607"}]}]}]})";

net::Response post(const RunningReceiver& receiver, std::string_view path, std::string_view content_type,
                   std::string_view body, std::string_view encoding = "") {
  auto client = net::HttpClient::create("127.0.0.1", receiver.port(), receiver.clock());
  net::Headers headers;
  if (!content_type.empty()) headers.add("content-type", std::string(content_type));
  if (!encoding.empty()) headers.add("content-encoding", std::string(encoding));
  auto response = client->request("POST", path, headers, body, receiver.soon());
  EXPECT_TRUE(response) << response.error().message;
  return response ? std::move(*response) : net::Response{};
}
std::string_view type_of(const net::Response& response) { return response.headers.find("content-type").value_or(""); }

TEST(OtlpHttp, KeepsSpansInEveryFormatAndEncoding) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  const std::string body = some_spans(3);
  for (const bool packed : {false, true}) {
    const net::Response response =
        packed ? post(receiver, "/v1/traces", "application/x-protobuf", net::gzip_compress(body), "gzip")
               : post(receiver, "/v1/traces", "application/x-protobuf", body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(type_of(response), "application/x-protobuf");
    EXPECT_EQ(response.body, "");
    const auto batches = sink.take();
    ASSERT_EQ(batches.size(), 1U);
    EXPECT_EQ(batches[0].spans.size(), 3U);
    EXPECT_EQ(batches[0].otlp, body);
  }
  const net::Response json = post(receiver, "/v1/traces", "Application/JSON; charset=utf-8", one_json_span);
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(type_of(json), "application/json");
  EXPECT_EQ(json.body, R"({"partialSuccess":{}})");
  ASSERT_EQ(sink.take().size(), 1U);
  EXPECT_EQ(receiver.metric(R"(filo_receiver_accepted_spans_total{receiver="otlp_http"})"), "7");
}

TEST(OtlpHttp, TellsOfRejectedSpansOnly) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  const net::Response response =
      post(receiver, "/v1/traces", "application/json",
           R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00","spanId":"0001020304050607"}]}]}]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find(R"("rejectedSpans":"1")"), std::string::npos) << response.body;
  EXPECT_TRUE(sink.take().empty());
  EXPECT_EQ(receiver.metric(R"(filo_receiver_rejected_spans_total{receiver="otlp_http",reason="trace_id"})"), "1");
}

TEST(OtlpHttp, RefusesWhatItCannotReadInTheRequestsFormat) {
  test::RecordingSink sink;
  ListenConfig config;
  config.request_bytes_max = 10'000;
  const RunningReceiver receiver(kind, sink, config);
  const net::Response protobuf = post(receiver, "/v1/traces", "application/x-protobuf", "\x0a\x05x");
  EXPECT_EQ(protobuf.status, 400);
  EXPECT_EQ(type_of(protobuf), "application/x-protobuf");
  EXPECT_EQ(protobuf.body.substr(0, 3), "\x08\x03\x12");  // code 3, then the message
  const net::Response json = post(receiver, "/v1/traces", "application/json", "{");
  EXPECT_EQ(json.status, 400);
  EXPECT_TRUE(json.body.starts_with(R"({"code":3,"message":"OTLP JSON: )")) << json.body;
  EXPECT_EQ(post(receiver, "/v1/traces", "text/plain", "hello").status, 415);
  EXPECT_EQ(post(receiver, "/v1/traces", "application/json", "{}", "br").status, 415);
  EXPECT_EQ(post(receiver, "/v1/traces", "application/json", "not gzip", "gzip").status, 400);
  EXPECT_EQ(post(receiver, "/v1/traces", "application/json", std::string(20'000, ' ')).status, 413);
  EXPECT_EQ(
      post(receiver, "/v1/traces", "application/json", net::gzip_compress(std::string(20'000, ' ')), "gzip").status,
      413);
  EXPECT_TRUE(sink.take().empty());
  EXPECT_EQ(receiver.metric(R"(filo_receiver_malformed_requests_total{receiver="otlp_http"})"), "6");
}

TEST(OtlpHttp, AsksToTryAgainWhenThePipelineCannot) {
  const std::pair<ErrorCode, int> cases[] = {
      {ErrorCode::overloaded, 429}, {ErrorCode::disk_full, 503}, {ErrorCode::unavailable, 503}};
  for (const auto& [code, status] : cases) {
    test::RefusingSink sink(code);
    const RunningReceiver receiver(kind, sink);
    const net::Response response = post(receiver, "/v1/traces", "application/json", one_json_span);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.headers.find("retry-after").value_or(""), "1");
    EXPECT_NE(response.body.find("refused by the test"), std::string::npos);
    EXPECT_EQ(receiver.metric(R"(filo_receiver_refused_spans_total{receiver="otlp_http"})"), "1");
  }
  test::FailingSink sink;
  const RunningReceiver receiver(kind, sink);
  EXPECT_EQ(post(receiver, "/v1/traces", "application/json", one_json_span).status, 503);
  EXPECT_EQ(receiver.metric(R"(filo_receiver_failed_spans_total{receiver="otlp_http"})"), "1");
}

TEST(OtlpHttp, DiscardsOtherSignalsAndKnowsOtherMethods) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  for (const char* path : {"/v1/metrics", "/v1/logs", "/v1/profiles", "/v1development/profiles"}) {
    const net::Response response = post(receiver, path, "application/json", "{}");
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.body, R"({"partialSuccess":{}})");
    EXPECT_EQ(post(receiver, path, "application/x-protobuf", "").body, "");
  }
  EXPECT_EQ(receiver.metric(R"(filo_receiver_ignored_requests_total{receiver="otlp_http"})"), "8");
  auto client = net::HttpClient::create("127.0.0.1", receiver.port(), receiver.clock());
  const auto got = client->request("GET", "/v1/traces", {}, "", receiver.soon());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 405);
  net::Headers preflight;
  preflight.add("origin", "http://shop.example.com");
  preflight.add("access-control-request-method", "POST");
  preflight.add("access-control-request-headers", "content-type");
  const auto allowed = client->request("OPTIONS", "/v1/traces", preflight, "", receiver.soon());
  ASSERT_TRUE(allowed);
  EXPECT_TRUE(allowed->headers.find("access-control-allow-origin").has_value());
}

TEST(OtlpHttp, UnderstandsRealClientsHoweverTheirBytesAreCut) {
  const std::string folder = test::vectors().string() + "/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no vectors beside this source tree";
  for (const char* name : {"otel-js-2.11-otlp-proto-wire.bin", "otel-js-2.11-otlp-proto-gzip-wire.bin",
                           "otel-js-2.11-otlp-http-wire.bin"}) {
    for (const std::size_t piece : {std::size_t{7}, std::size_t{1000}, std::size_t{1} << 20}) {
      test::RecordingSink sink;
      const RunningReceiver receiver(kind, sink);
      test::RawConnection connection(receiver.port());
      ASSERT_TRUE(connection.send(test::read_file(folder + name), piece)) << name;
      EXPECT_TRUE(sink.wait_for_spans(6)) << name << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace filo::receivers::otlp_http
