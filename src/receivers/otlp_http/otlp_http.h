// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), port 4318: POST /v1/traces in protobuf or JSON, with
// gzip, zstd, deflate or no encoding. Metrics, logs and profiles are answered and discarded, because senders that get
// an error for them complain without end. Stateless but for its counters; handlers run on I/O threads and decode there.
#pragma once

#include "receivers/receiver.h"

namespace filo::receivers::otlp_http {

extern const ReceiverKind kind;

}  // namespace filo::receivers::otlp_http
