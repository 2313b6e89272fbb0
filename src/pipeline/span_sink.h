// SpanSink: where every receiver ends. The other side is the pipeline: journal, shards, window.
#pragma once

#include "base/result.h"
#include "base/unique_function.h"
#include "model/span_batch.h"

namespace filo::pipeline {

// Runs exactly once, on a thread of the pipeline, and must not block: the batch is durable and can be found, or the
// reason why it was not kept (all of it was refused then).
using Ack = UniqueFunction<void(Result<void>)>;

class SpanSink {
 public:
  virtual ~SpanSink() = default;
  // The spans are ones that OTLP can say, which decoders see to: ids that are not zero, times from 1970 on.
  // Never blocks, never throws, thread-safe. An error means that nothing was taken and `ack` will not run; its code
  // says whether to try again (overloaded, disk_full, unavailable).
  [[nodiscard]] virtual Result<void> offer(SpanBatch batch, Ack ack) = 0;
};

}  // namespace filo::pipeline
