// Sender: one connection over which the load generator and the demo export spans by OTLP, and what came back. One
// thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/span.h"
#include "net/client.h"

namespace filo::app {

enum class Encoding : std::uint8_t { protobuf, json, grpc };
enum class Compression : std::uint8_t { none, gzip };

struct Target {
  std::string host;
  std::uint16_t port = 0;
  std::string path;
  Encoding encoding = Encoding::protobuf;
  Compression compression = Compression::none;
  Duration timeout = std::chrono::seconds(10);
};
// "http://host:port", to which /v1/traces is added when there is no path, or "grpc://host:port".
Result<Target> parse_target(std::string_view endpoint);

enum class Verdict : std::uint8_t {
  answered,  // kept, but for `rejected_spans`
  refused,   // not kept, says the peer
  unknown    // no answer: kept or not
};

struct Answer {
  Verdict verdict = Verdict::unknown;
  std::string status;  // "200", "429", "grpc 8", "unavailable"
  std::string reason;  // of a refusal or failure, for people
  std::uint64_t rejected_spans = 0;
  bool is_retryable = false;
  std::optional<Duration> retry_after;
};

class Sender {
 public:
  Sender(const Target& target, const Clock& clock);

  // The bytes to send, in the target's encoding.
  std::string encode(std::span<const Span> spans) const;
  Answer send(const std::string& body);

 private:
  Answer send_http(const std::string& body);
  Answer send_grpc(const std::string& body);

  const Target& target_;
  const Clock& clock_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<net::GrpcClient> grpc_;
};

}  // namespace filo::app
