// OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc), port 4317: TraceService/Export. Metrics, logs and
// profiles are answered and discarded. Stateless but for its counters; handlers run on I/O threads and decode there.
#pragma once

#include "receivers/receiver.h"

namespace filo::receivers::otlp_grpc {

extern const ReceiverKind kind;

}  // namespace filo::receivers::otlp_grpc
