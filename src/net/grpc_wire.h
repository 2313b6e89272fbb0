// gRPC's own bytes inside HTTP/2: message prefixes, timeouts, statuses as headers. No sockets, no threads. Private to
// src/net.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/exchange.h"
#include "net/grpc.h"

namespace filo::net {

bool is_grpc_content_type(std::string_view content_type);
// "100m"; nothing when malformed.
std::optional<Duration> parse_grpc_timeout(std::string_view untrusted);
std::string render_grpc_timeout(Duration timeout);

Headers grpc_answer_headers();
Headers trailers_of(const GrpcStatus& status);
GrpcStatus status_of_trailers(const Headers& trailers);
// Prefix and message in one; the message goes out uncompressed.
std::string frame_message(std::string_view message);

// Cuts a stream of DATA bytes into messages (Length-Prefixed-Message in the specification) and decompresses them.
class GrpcInput {
 public:
  GrpcInput(std::string encoding, std::size_t message_bytes_max)
      : encoding_(std::move(encoding)), message_bytes_max_(message_bytes_max) {}

  enum class Step { needs_more, message, failed };
  // Consumes from the front of `untrusted`.
  Step next(std::string_view& untrusted);
  std::string take_message() { return std::exchange(message_, {}); }  // after Step::message
  const GrpcStatus& failure() const { return failure_; }              // after Step::failed
  bool between_messages() const { return prefix_size_ == 0; }

 private:
  Step fail(GrpcCode code, std::string message);
  Step finish_message();

  const std::string encoding_;
  const std::size_t message_bytes_max_;
  std::array<char, 5> prefix_{};
  std::size_t prefix_size_ = 0;
  std::size_t length_ = 0;
  std::string message_;
  GrpcStatus failure_;
};

std::unique_ptr<GrpcResponder> make_grpc_responder(std::shared_ptr<Exchange> exchange);

}  // namespace filo::net
