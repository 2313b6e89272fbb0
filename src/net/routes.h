// RouteTable: what a port serves. Filled before the server starts, then read by all I/O threads. Private to src/net.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/exchange.h"
#include "net/grpc.h"
#include "net/server.h"

namespace filo::net {

struct RouteTable {
  struct Http {
    std::vector<std::string> methods;
    std::string allow;  // the same as a header's value
    std::string path;   // without the final '*'
    bool is_prefix = false;
    Handler handler;
  };
  struct Grpc {
    std::string path;
    GrpcHandler unary;  // one of the two
    GrpcStreamHandler stream;
  };
  std::vector<Http> http;
  std::vector<Grpc> grpc;
  std::vector<std::string> origins;
  std::size_t request_bytes_max = 0;

  Grpc* find_grpc(std::string_view path);
};

std::shared_ptr<RouteTable> take_table(Routes&& routes);

// Splits an HTTP request target (RFC 9112 section 3.2) into path and query; false when it is malformed.
[[nodiscard]] bool parse_target(std::string_view untrusted, Request& request);

// Headers that every answer to this request gets.
Headers cors_headers(const RouteTable& routes, const Request& request);
// Hands the request to its handler, or answers for it when there is none.
void dispatch(RouteTable& routes, Request request, std::unique_ptr<Responder> responder);

}  // namespace filo::net
