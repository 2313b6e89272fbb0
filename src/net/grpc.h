// gRPC as bytes in, bytes out (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): messages come without
// their five-byte prefix and already decompressed; statuses go out as trailers. No generated code, no grpc++.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "net/http.h"

namespace filo::net {

enum class GrpcCode : int {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

struct GrpcStatus {
  GrpcCode code = GrpcCode::ok;
  std::string message;
  // google.rpc.Status bytes for grpc-status-details-bin (RetryInfo and the like); empty for none.
  std::string details;
};

struct GrpcCall {
  std::string path;  // "/package.Service/Method"
  Headers metadata;
  Deadline deadline = Deadline::never();
};

// The server's half of one call. Thread-safe like ResponseStream; finish() exactly once. Dropped unfinished: INTERNAL.
class GrpcResponder {
 public:
  virtual ~GrpcResponder() = default;
  [[nodiscard]] virtual bool write(std::string message) = 0;  // any number of times for server streaming
  virtual void finish(GrpcStatus status) = 0;
  // The one answer of a unary method.
  void reply(std::string message) {
    if (write(std::move(message))) finish({});
  }
};

// A method with one request message, whatever number of answers. On an I/O thread; must not block.
using GrpcHandler = UniqueFunction<void(GrpcCall, std::string message, std::unique_ptr<GrpcResponder>)>;

// A method whose client streams: one reader a call. All calls come on one I/O thread and must not block.
class GrpcStreamReader {
 public:
  virtual ~GrpcStreamReader() = default;
  virtual void on_message(std::string message) = 0;
  virtual void on_end() = 0;  // the client half-closed; not called when it cancelled
};
using GrpcStreamHandler = UniqueFunction<std::unique_ptr<GrpcStreamReader>(GrpcCall, std::unique_ptr<GrpcResponder>)>;

// One table for the whole product: Error → HTTP status, Error → gRPC status.
int http_status_of(ErrorCode code);
GrpcCode grpc_code_of(ErrorCode code);

}  // namespace filo::net
