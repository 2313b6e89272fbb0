#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "base/manual_clock.h"
#include "net/client.h"
#include "net/client_socket.h"
#include "net/content_encoding.h"
#include "net/grpc_wire.h"

namespace filo::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const SystemClock system_clock;

Deadline soon() { return Deadline::after(system_clock, seconds(20)); }

Response text(std::string body, int status = 200) {
  Response response;
  response.status = status;
  response.headers.add("content-type", "text/plain");
  response.body = std::move(body);
  return response;
}

class Echo final : public GrpcStreamReader {
 public:
  explicit Echo(std::unique_ptr<GrpcResponder> responder) : responder_(std::move(responder)) {}
  void on_message(std::string message) override { joined_ += message + ";"; }
  void on_end() override { responder_->reply(joined_); }

 private:
  std::string joined_;
  std::unique_ptr<GrpcResponder> responder_;
};

constexpr std::string_view embedded = "embedded file";

Routes routes_under_test(std::vector<std::jthread>& workers) {
  Routes routes;
  routes.http("GET,POST", "/echo", [](Request request, std::unique_ptr<Responder> responder) {
    Response response = text(request.body);
    response.headers.add("x-query", request.query);
    responder->respond(std::move(response));
  });
  routes.http("GET", "/files/*", [](Request request, std::unique_ptr<Responder> responder) {
    Response response = text(request.path);
    if (request.path == "/files/static") response.static_body = embedded;
    responder->respond(std::move(response));
  });
  routes.http("GET", "/dropped", [](Request, std::unique_ptr<Responder>) {});
  routes.http("GET", "/stream", [&workers](Request request, std::unique_ptr<Responder> responder) {
    workers.emplace_back([request = std::move(request), responder = std::move(responder)]() mutable {
      auto stream = responder->stream(200, {});
      responder.reset();
      const bool is_cut = request.query == "cut";
      for (int i = 0; i < 100; ++i) {
        if (!stream->write(std::string(50'000, static_cast<char>('a' + i % 26)))) return;
      }
      if (!is_cut) stream->finish();
    });
  });
  routes.grpc("/t.S/Unary", [](GrpcCall call, std::string message, std::unique_ptr<GrpcResponder> responder) {
    if (message == "fail") return responder->finish({GrpcCode::not_found, "no such thing: 100 %", "details"});
    if (message == "drop") return;
    responder->reply(message + std::string(call.metadata.find("x-suffix").value_or("")));
  });
  routes.grpc("/t.S/Many", [](GrpcCall, std::string message, std::unique_ptr<GrpcResponder> responder) {
    for (const char c : message) {
      if (!responder->write(std::string(1, c))) return;
    }
    responder->finish({});
  });
  routes.grpc_stream("/t.S/Collect", [](GrpcCall, std::unique_ptr<GrpcResponder> responder) {
    return std::make_unique<Echo>(std::move(responder));
  });
  routes.grpc("/t.S/Slow", [&workers](GrpcCall, std::string message, std::unique_ptr<GrpcResponder> responder) {
    workers.emplace_back([message, responder = std::move(responder)]() mutable { responder->reply(message); });
  });
  return routes;
}

class ServerTest : public testing::Test {
 protected:
  void start(ServerConfig config, const Clock& clock = system_clock) {
    auto server = Server::create(config, clock);
    ASSERT_TRUE(server);
    server_ = std::move(*server);
    Routes routes = routes_under_test(workers_);
    routes.allow_origins({"http://ui"});
    auto port = server_->listen("test", "127.0.0.1", 0, std::move(routes));
    ASSERT_TRUE(port) << port.error().message;
    port_ = *port;
    server_->start();
  }
  void SetUp() override { start({}); }
  void TearDown() override {
    server_->stop(Deadline::after(system_clock, seconds(5)));
    EXPECT_EQ(server_->metrics().connections_open.value(), 0);
    server_.reset();
  }
  Result<Response> request(std::string_view method, std::string_view path, std::string_view body = {},
                           const Headers& headers = {}) {
    return client().request(method, path, headers, body, soon());
  }
  HttpClient& client() {
    if (!client_) client_ = HttpClient::create("127.0.0.1", port_, system_clock);
    return *client_;
  }
  Result<GrpcReply> call(std::string_view path, const std::vector<std::string_view>& messages,
                         const Headers& metadata = {}) {
    if (!grpc_) grpc_ = GrpcClient::create("127.0.0.1", port_, system_clock);
    return grpc_->call(path, metadata, messages, soon());
  }
  // Sends raw bytes; returns everything until the server closes.
  std::string raw(std::string_view bytes) {
    ClientSocket socket;
    EXPECT_TRUE(socket.connect("127.0.0.1", port_, soon()));
    EXPECT_TRUE(socket.send(bytes, soon()));
    return until_closed(socket);
  }
  static std::string until_closed(ClientSocket& socket) {
    std::string all;
    char buffer[4096];
    while (true) {
      const auto size = socket.receive(buffer, soon());
      if (!size || *size == 0) return all;
      all.append(buffer, *size);
    }
  }

  std::vector<std::jthread> workers_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<GrpcClient> grpc_;
};

TEST_F(ServerTest, AnswersOverOneKeptConnection) {
  for (const std::size_t size : {0, 1, 100'000, 3'000'000}) {
    const std::string body(size, 'b');
    const auto response = request("POST", "/echo?q=1", body);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->headers.find("x-query"), "q=1");
    EXPECT_EQ(response->body, body);
  }
  EXPECT_EQ(server_->metrics().connections_accepted.value(), 1U);
  EXPECT_EQ(server_->metrics().requests_http1.value(), 4U);
}

TEST_F(ServerTest, RoutesByPathAndMethod) {
  EXPECT_EQ(request("GET", "/files/a/b")->body, "/files/a/b");
  EXPECT_EQ(request("GET", "/files/static")->body, embedded);
  EXPECT_EQ(request("GET", "/nowhere")->status, 404);
  const auto refused = request("DELETE", "/echo");
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->headers.find("allow"), "GET, POST");
  const auto head = request("HEAD", "/files/static");
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(head->headers.find("content-length"), std::to_string(embedded.size()));
  EXPECT_EQ(request("GET", "/dropped")->status, 500);
}

TEST_F(ServerTest, AnswersPreflightsOfAllowedOrigins) {
  Headers headers;
  headers.add("origin", "http://ui");
  headers.add("access-control-request-method", "POST");
  headers.add("access-control-request-headers", "content-type,x-tenant");
  const auto preflight = request("OPTIONS", "/echo", {}, headers);
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->headers.find("access-control-allow-origin"), "http://ui");
  EXPECT_EQ(preflight->headers.find("access-control-allow-headers"), "content-type,x-tenant");
  Headers other;
  other.add("origin", "http://evil");
  EXPECT_EQ(request("POST", "/echo", "x", other)->headers.find("access-control-allow-origin"), std::nullopt);
  EXPECT_EQ(request("POST", "/echo", "x", headers)->headers.find("access-control-allow-origin"), "http://ui");
}

TEST_F(ServerTest, StreamsFromAnotherThreadAndCutsWhatIsNotFinished) {
  std::size_t bytes = 0;
  const auto count = [&](std::string_view piece) { return bytes += piece.size(), true; };
  const auto whole = client().request_stream("GET", "/stream", {}, {}, count, soon());
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(bytes, 5'000'000U);
  EXPECT_FALSE(client().request_stream("GET", "/stream?cut", {}, {}, count, soon()));
  EXPECT_EQ(request("GET", "/echo")->status, 200);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  const std::string answer = raw(
      "GET /files/1 HTTP/1.1\r\nHost: h\r\n\r\nGET /files/2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
      "GET /files/3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::size_t first = answer.find("/files/1");
  const std::size_t second = answer.find("/files/2");
  const std::size_t third = answer.find("abcde");
  const std::size_t fourth = answer.find("/files/3");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(third, fourth);
  EXPECT_NE(fourth, std::string::npos) << answer;
}

TEST_F(ServerTest, ContinuesWhenAsked) {
  ClientSocket socket;
  ASSERT_TRUE(socket.connect("127.0.0.1", port_, soon()));
  ASSERT_TRUE(socket.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n",
      soon()));
  char buffer[4096];
  const auto size = socket.receive(buffer, soon());
  ASSERT_TRUE(size);
  EXPECT_EQ(std::string_view(buffer, *size), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(socket.send("body", soon()));
  EXPECT_TRUE(until_closed(socket).ends_with("\r\n\r\nbody"));
}

TEST_F(ServerTest, GrpcUnaryAndStreams) {
  Headers metadata;
  metadata.add("x-suffix", "!");
  const std::string large(2'000'000, 'm');
  for (const std::string& message : {std::string("hello"), std::string(), large}) {
    const auto reply = call("/t.S/Unary", {message}, metadata);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status.code, GrpcCode::ok);
    ASSERT_EQ(reply->messages.size(), 1U);
    EXPECT_EQ(reply->messages[0], message + "!");
  }
  EXPECT_EQ(call("/t.S/Many", {"abc"})->messages, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(call("/t.S/Collect", {"a", "bb", "ccc"})->messages, (std::vector<std::string>{"a;bb;ccc;"}));
  EXPECT_EQ(call("/t.S/Slow", {"later"})->messages, (std::vector<std::string>{"later"}));
}

TEST_F(ServerTest, GrpcErrors) {
  const auto failed = call("/t.S/Unary", {"fail"});
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status.code, GrpcCode::not_found);
  EXPECT_EQ(failed->status.message, "no such thing: 100 %");
  EXPECT_EQ(failed->status.details, "details");
  EXPECT_EQ(call("/t.S/Unary", {"drop"})->status.code, GrpcCode::internal);
  EXPECT_EQ(call("/t.S/Nothing", {"x"})->status.code, GrpcCode::unimplemented);
  EXPECT_EQ(call("/t.S/Unary", {"a", "b"})->status.code, GrpcCode::internal);
  EXPECT_EQ(call("/t.S/Unary", {})->status.code, GrpcCode::internal);
  Headers snappy;
  snappy.add("grpc-encoding", "snappy");
  const auto unknown = call("/t.S/Unary", {"x"}, snappy);
  EXPECT_EQ(unknown->status.code, GrpcCode::unimplemented);
  EXPECT_EQ(unknown->trailers.find("grpc-accept-encoding"), "identity,deflate,gzip");
  EXPECT_EQ(call("/t.S/Unary", {"still fine"})->status.code, GrpcCode::ok);
  EXPECT_EQ(server_->metrics().connections_accepted.value(), 1U);
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), pipe)) out.append(buffer, size);
  ::pclose(pipe);
  return out;
}

TEST_F(ServerTest, CurlSpeaksEveryVersionToThePort) {
  if (output_of("curl --version").find("HTTP2") == std::string::npos)
    GTEST_SKIP() << "curl with HTTP/2 is not installed";
  const std::string url = " -sS -m 10 -w '%{http_version} %{http_code}' http://127.0.0.1:" + std::to_string(port_);
  EXPECT_EQ(output_of("curl -d body" + url + "/echo"), "body1.1 200");
  EXPECT_EQ(output_of("curl --http1.0 -d body" + url + "/echo"), "body1.1 200");
  EXPECT_EQ(output_of("curl --http2-prior-knowledge -d body" + url + "/echo"), "body2 200");
  EXPECT_EQ(output_of("curl --http2" + url + "/files/x"), "/files/x2 200");
  EXPECT_EQ(output_of("curl --http2-prior-knowledge -I -o /dev/null" + url + "/echo"), "2 200");
  EXPECT_EQ(output_of("curl --http2-prior-knowledge" + url + "/dropped"), "the server gave no answer\n2 500");
  EXPECT_EQ(output_of("curl --http2-prior-knowledge -o /dev/null" + url + "/stream"), "2 200");
  EXPECT_NE(output_of("curl --http2-prior-knowledge -o /dev/null" + url + "/stream?cut").find("curl: (92)"),
            std::string::npos);
}

TEST_F(ServerTest, NghttpUpgrades) {
  if (output_of("nghttp --version").find("nghttp2/") == std::string::npos) GTEST_SKIP() << "nghttp is not installed";
  EXPECT_EQ(output_of("nghttp -u -t 10 http://127.0.0.1:" + std::to_string(port_) + "/files/up"), "/files/up");
}

TEST_F(ServerTest, PortInUseIsSaidPlainly) {
  auto other = Server::create({}, system_clock);
  const auto port = (*other)->listen("otlp_grpc", "127.0.0.1", port_, Routes());
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().message,
            "port " + std::to_string(port_) + " (otlp_grpc) on 127.0.0.1: address already in use");
  EXPECT_EQ((*other)->listen("x", "nonsense", 1, Routes()).error().code, ErrorCode::invalid_argument);
}

class LimitedServer : public ServerTest {
 protected:
  void SetUp() override {
    ServerConfig config;
    config.request_bytes_max = 1000;
    config.header_bytes_max = 2000;
    config.connections_max = 3;
    start(config, clock_);
  }
  ManualClock clock_;
};

TEST_F(LimitedServer, RefusesByReason) {
  EXPECT_TRUE(raw("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(
      raw("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(raw("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x')).starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(raw("\x16\x03\x01 tls hello").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(raw("GET /\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(raw("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(server_->metrics().requests_too_large.value(), 2U);
  EXPECT_EQ(server_->metrics().requests_malformed.value(), 4U);
  EXPECT_EQ(call("/t.S/Unary", {std::string(1001, 'x')})->status.code, GrpcCode::resource_exhausted);
}

TEST_F(LimitedServer, AnswersWhileALargeBodyIsStillComing) {
  std::string bytes = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n";
  bytes += std::string(3'000'000, 'x');
  EXPECT_TRUE(raw(bytes).starts_with("HTTP/1.1 413 "));
}

TEST_F(LimitedServer, SlowRequestsAndIdleConnectionsEnd) {
  ClientSocket slow;
  ASSERT_TRUE(slow.connect("127.0.0.1", port_, soon()));
  ASSERT_TRUE(slow.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab", soon()));
  ClientSocket idle;
  ASSERT_TRUE(idle.connect("127.0.0.1", port_, soon()));
  ASSERT_EQ(request("GET", "/echo")->status, 200);
  while (server_->metrics().requests_http1.value() < 2) std::this_thread::yield();
  clock_.advance(seconds(61));
  EXPECT_TRUE(until_closed(slow).starts_with("HTTP/1.1 408 "));
  clock_.advance(std::chrono::minutes(6));
  EXPECT_EQ(until_closed(idle), "");
  EXPECT_EQ(server_->metrics().requests_timed_out.value(), 1U);
}

TEST_F(LimitedServer, ConnectionsOverTheLimitAreClosedAndCounted) {
  ClientSocket held[3];
  for (ClientSocket& socket : held) ASSERT_TRUE(socket.connect("127.0.0.1", port_, soon()));
  while (server_->metrics().connections_accepted.value() < 3) std::this_thread::yield();
  EXPECT_EQ(raw(""), "");
  EXPECT_EQ(server_->metrics().connections_refused.value(), 1U);
  held[0].close();
  while (server_->metrics().connections_open.value() > 2) std::this_thread::yield();
  EXPECT_EQ(request("GET", "/echo")->status, 200);
}

TEST(ServerStop, LetsRequestsInFlightFinishAndFreesWaitingWriters) {
  auto server = Server::create({}, system_clock);
  std::unique_ptr<Responder> held;
  std::atomic<bool> is_held = false;
  std::atomic<bool> writer_ended = false;
  std::jthread writer;
  Routes routes;
  routes.http("GET", "/held", [&](Request, std::unique_ptr<Responder> responder) {
    held = std::move(responder);
    is_held = true;
  });
  routes.http("GET", "/endless", [&](Request, std::unique_ptr<Responder> responder) {
    writer = std::jthread([&, responder = std::move(responder)] {
      auto stream = responder->stream(200, {});
      while (stream->write(std::string(100'000, 'x'))) {
      }
      writer_ended = true;
    });
  });
  const auto port = (*server)->listen("test", "127.0.0.1", 0, std::move(routes));
  (*server)->start();
  ClientSocket unread;
  ASSERT_TRUE(unread.connect("127.0.0.1", *port, soon()));
  ASSERT_TRUE(unread.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n", soon()));
  Result<Response> answer = Error{};
  std::jthread asking(
      [&] { answer = HttpClient::create("127.0.0.1", *port, system_clock)->request("GET", "/held", {}, {}, soon()); });
  while (!is_held) std::this_thread::yield();
  std::jthread stopping([&] { (*server)->stop(Deadline::after(system_clock, milliseconds(500))); });
  held->respond(text("done"));
  stopping.join();
  asking.join();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "done");
  writer.join();
  EXPECT_TRUE(writer_ended);
  held.reset();
}

}  // namespace
}  // namespace filo::net
