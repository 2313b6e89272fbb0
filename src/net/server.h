// Server: I/O threads, listeners and routes. A port speaks HTTP/1.1, HTTP/2 without TLS (prior knowledge and upgrade)
// and gRPC at once, told apart by the first bytes of a connection.
//
// Build it on one thread: route, listen, then start(). stop() closes listeners, lets requests in flight finish until
// the deadline, then cuts what is left.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/grpc.h"
#include "net/http.h"
#include "telemetry/metrics.h"

namespace filo::net {

struct ServerConfig {
  unsigned io_threads = 1;
  std::size_t connections_max = 4096;         // further ones are accepted and closed, and counted
  std::size_t request_bytes_max = 64U << 20;  // HTTP body as sent, gRPC message after decompression
  std::size_t header_bytes_max = 64U << 10;
  std::size_t body_bytes_in_flight_max = 512U << 20;    // of all requests being read: past it, reading pauses
  std::size_t stream_buffer_bytes_max = 1U << 20;       // of an answer that the client does not read
  Duration idle_timeout = std::chrono::minutes(5);      // of a connection without a request
  Duration request_timeout = std::chrono::seconds(60);  // from the first byte of a request to its last
};

struct RouteTable;

// Routes of one port. Owned by the caller until given to Server::listen.
class Routes {
 public:
  // `path` is exact, or ends in '*' for everything under it; the longest match wins. `methods`: "GET" or "GET,POST";
  // HEAD is answered as GET without a body; other methods get 405 with Allow.
  Routes& http(std::string methods, std::string path, Handler handler);
  Routes& grpc(std::string path, GrpcHandler handler);
  Routes& grpc_stream(std::string path, GrpcStreamHandler handler);
  // For this port only: answers OPTIONS preflights and adds Access-Control-Allow-Origin. "*" allows every origin.
  Routes& allow_origins(std::vector<std::string> origins);
  // A body larger than this is 413 / RESOURCE_EXHAUSTED; 0 takes ServerConfig's.
  Routes& request_bytes_max(std::size_t bytes);

 private:
  friend std::shared_ptr<RouteTable> take_table(Routes&& routes);
  RouteTable& table();
  std::shared_ptr<RouteTable> table_;
};

struct ServerMetrics {
  telemetry::Counter connections_accepted;
  telemetry::Counter connections_refused;  // over connections_max
  telemetry::Gauge connections_open;
  telemetry::Counter requests_http1;
  telemetry::Counter requests_http2;
  telemetry::Counter requests_grpc;
  telemetry::Counter requests_malformed;
  telemetry::Counter requests_too_large;
  telemetry::Counter requests_timed_out;
  telemetry::Counter received_bytes;
  telemetry::Counter sent_bytes;
};
void describe(const ServerMetrics& metrics, telemetry::MetricWriter& writer);

class Server {
 public:
  static Result<std::unique_ptr<Server>> create(const ServerConfig& config, const Clock& clock);
  virtual ~Server() = default;

  // Binds at once, so that a port in use is reported before anything starts. `name` is for logs and messages.
  // Port 0 takes a free one. Returns the port.
  virtual Result<std::uint16_t> listen(std::string name, const std::string& address, std::uint16_t port,
                                       Routes routes) = 0;
  virtual void start() = 0;
  virtual void stop(Deadline deadline) = 0;
  virtual const ServerMetrics& metrics() const = 0;
};

}  // namespace filo::net
