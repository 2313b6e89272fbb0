// The server's CPU time a request: that of the process without that of the client, which is the benchmark's own thread.
#include <benchmark/benchmark.h>

#include <ctime>

#include "base/check.h"
#include "net/client.h"
#include "net/client_socket.h"
#include "net/server.h"

namespace filo::net {
namespace {

const SystemClock system_clock;

double cpu_seconds(clockid_t clock) {
  timespec time{};
  CHECK(clock_gettime(clock, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Running {
  Running() {
    auto created = Server::create({}, system_clock);
    CHECK(created.has_value());
    server = std::move(*created);
    Routes routes;
    routes.http("POST", "/sink", [this](Request request, std::unique_ptr<Responder> responder) {
      received += request.body.size();
      responder->respond({});
    });
    routes.grpc("/t.S/Sink", [this](GrpcCall, std::string message, std::unique_ptr<GrpcResponder> responder) {
      received += message.size();
      responder->reply({});
    });
    const auto bound = server->listen("bench", "127.0.0.1", 0, std::move(routes));
    CHECK(bound.has_value());
    port = *bound;
    server->start();
  }
  ~Running() { server->stop(Deadline::after(system_clock, std::chrono::seconds(1))); }

  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::atomic<std::uint64_t> received{0};
};

// Runs `request` and reports the CPU time that the server's thread spent on each.
template <typename Send>
void measure(benchmark::State& state, Running& running, std::size_t body_bytes, Send send) {
  send();  // connects
  const std::uint64_t before = running.received;
  const double process = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const double client = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (auto _ : state) send();
  const double server =
      cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - process - (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - client);
  CHECK(running.received - before == static_cast<std::uint64_t>(state.iterations()) * body_bytes);
  state.counters["server_cpu_us"] = server * 1e6 / static_cast<double>(state.iterations());
}

void bm_http1_post(benchmark::State& state) {
  Running running;
  const auto client = HttpClient::create("127.0.0.1", running.port, system_clock);
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  measure(state, running, body.size(), [&] {
    const auto response =
        client->request("POST", "/sink", {}, body, Deadline::after(system_clock, std::chrono::seconds(10)));
    CHECK(response.has_value() && response->status == 200);
  });
}
BENCHMARK(bm_http1_post)->Arg(1'000)->Arg(100'000)->UseRealTime();

void bm_grpc_unary(benchmark::State& state) {
  Running running;
  const auto client = GrpcClient::create("127.0.0.1", running.port, system_clock);
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  measure(state, running, body.size(), [&] {
    const auto reply = client->call("/t.S/Sink", {}, {body}, Deadline::after(system_clock, std::chrono::seconds(10)));
    CHECK(reply.has_value() && reply->status.code == GrpcCode::ok);
  });
}
BENCHMARK(bm_grpc_unary)->Arg(1'000)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace filo::net
