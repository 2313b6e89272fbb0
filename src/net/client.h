// Blocking clients for our own command line, load generator and tests; one connection each, one thread at a time.
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

namespace filo::net {

struct Url {
  std::string host;
  std::uint16_t port = 80;
  std::string path;  // with the query, as sent
};
// "http://host:port/path?query"; https is refused as unsupported.
Result<Url> parse_url(std::string_view text);

class HttpClient {
 public:
  static std::unique_ptr<HttpClient> create(std::string host, std::uint16_t port, const Clock& clock);
  virtual ~HttpClient() = default;
  // Connects when needed; keeps the connection. `path` with its query. Fails with unavailable when the peer cannot be
  // reached or hangs up, deadline_exceeded when it is too slow.
  virtual Result<Response> request(std::string_view method, std::string_view path, const Headers& headers,
                                   std::string_view body, Deadline deadline) = 0;
  // As request(), but the body goes to `on_chunk` while it arrives; false from it ends the call (cancelled).
  virtual Result<Response> request_stream(std::string_view method, std::string_view path, const Headers& headers,
                                          std::string_view body, UniqueFunction<bool(std::string_view)> on_chunk,
                                          Deadline deadline) = 0;
};

struct GrpcReply {
  GrpcStatus status;
  std::vector<std::string> messages;
  Headers trailers;
};

class GrpcClient {
 public:
  static std::unique_ptr<GrpcClient> create(std::string host, std::uint16_t port, const Clock& clock);
  virtual ~GrpcClient() = default;
  // A unary or client-streaming call with these messages. Errors are of the transport; the peer's own go to GrpcReply.
  virtual Result<GrpcReply> call(std::string_view path, const Headers& metadata,
                                 const std::vector<std::string_view>& messages, Deadline deadline) = 0;
};

}  // namespace filo::net
