// ApiServer: a real server on loopback with one API over brute-force readers, and a client for it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "api/context.h"
#include "base/clock.h"
#include "net/client.h"
#include "net/server.h"
#include "test/support/sample_trace.h"
#include "test/support/vector_reader.h"

namespace filo::test {

// Time that stands where the sample trace ends, so that default ranges hold it; steady time is real.
class SampleClock final : public Clock {
 public:
  Timestamp now() const override { return sample_start + std::chrono::minutes(1); }
  Duration steady_now() const override { return system_.steady_now(); }

 private:
  SystemClock system_;
};

class ApiServer {
 public:
  using AddApi = void (*)(net::Routes&, api::ApiContext);

  explicit ApiServer(AddApi add_api, api::QueryWorkersConfig workers = {.threads = 2}) : workers_(workers) {
    window.add(sample_trace());
    auto server = net::Server::create({}, clock_);
    CHECK(server.has_value());
    server_ = *std::move(server);
    net::Routes routes;
    add_api(routes, {engine_, workers_, clock_, {"1.2.3", {{"OTLP/gRPC", "127.0.0.1:4317"}}}, {}});
    const auto port = server_->listen("query", "127.0.0.1", 0, std::move(routes));
    CHECK(port.has_value());
    server_->start();
    client_ = net::HttpClient::create("127.0.0.1", *port, clock_);
  }
  ~ApiServer() { server_->stop(Deadline::after(clock_, std::chrono::seconds(5))); }

  net::Response request(std::string_view method, std::string_view path, std::string_view body = {},
                        const net::Headers& headers = {}) {
    auto response = client_->request(method, path, headers, body, Deadline::after(clock_, std::chrono::seconds(20)));
    if (!response) {
      ADD_FAILURE() << method << " " << path << ": " << response.error().message;
      return {};
    }
    return *std::move(response);
  }
  net::Response get(std::string_view path) { return request("GET", path); }
  api::QueryWorkers& workers() { return workers_; }

  // Change them before the first request.
  VectorReader window;
  VectorReader store;

 private:
  SampleClock clock_;
  query::Engine engine_{{{"window", &window}, {"store", &store}}, clock_, {}};
  api::QueryWorkers workers_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace filo::test
