// Receiver: speaks one protocol and ends in SpanSink::offer. One folder each; the folder exports one constant `kind`.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/server.h"
#include "pipeline/span_sink.h"
#include "telemetry/metrics.h"
#include "wire/decoded.h"

namespace filo::receivers {

// Where and how large; the same for every receiver that listens with net::Server.
struct ListenConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                          // 0 takes a free one
  std::size_t request_bytes_max = 64U << 20;       // as sent and after decompression
  std::vector<std::string> allow_origins = {"*"};  // browsers' pages that may send; HTTP only
};

// Exactly what a receiver may use.
struct ReceiverContext {
  net::Server& server;
  pipeline::SpanSink& sink;
  const Clock& clock;
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual std::uint16_t port() const = 0;
  virtual void describe(telemetry::MetricWriter& writer) const = 0;
};

struct ReceiverKind {
  const char* name;      // "otlp_http": in the config, in metrics, in messages
  const char* protocol;  // "OTLP/HTTP": for people
  std::uint16_t default_port;
  // Binds its port at once; requests come when the server starts. The context outlives the receiver.
  Result<std::unique_ptr<Receiver>> (*make)(const ListenConfig& config, const ReceiverContext& context);
};

// What every receiver counts the same way; the first part of the conservation law: once all is answered,
// received_spans = rejected_spans (of all reasons) + refused_spans + failed_spans + accepted_spans.
struct ReceiverMetrics {
  telemetry::Counter requests;
  telemetry::Counter received_spans;  // decoded, good or bad
  // Bad in themselves, by wire::Rejection; told to the sender as partial success.
  std::array<telemetry::Counter, wire::rejection_reasons> rejected_spans;
  telemetry::Counter refused_spans;   // good, but the pipeline could not take them; the sender was told to retry
  telemetry::Counter failed_spans;    // taken, but could not be made durable; the sender was told to retry
  telemetry::Counter accepted_spans;  // durable
  telemetry::Counter malformed_requests;
  telemetry::Counter ignored_requests;  // metrics, logs and profiles, answered and discarded
  telemetry::Histogram answer_time;     // from the whole request to the answer
};
void describe(const ReceiverMetrics& metrics, const char* receiver, telemetry::MetricWriter& writer);

}  // namespace filo::receivers
