// Intake: the last step of every receiver, so that all count and answer alike: hands a decoded request to the sink and
// says once what became of it. Thread-safe; owned by a receiver, or by whatever else in the process makes spans. Acks
// may come after the receiver is gone, which is why the metrics are shared.
#pragma once

#include <memory>

#include "receivers/receiver.h"
#include "wire/decoded.h"

namespace filo::receivers {

class Intake {
 public:
  // What was left out of a request whose other spans are durable; or why nothing was kept. Every error of the sink is
  // worth another try: the request itself was good.
  using Answer = UniqueFunction<void(Result<wire::Rejections>)>;

  // Both outlive the intake.
  Intake(pipeline::SpanSink& sink, const Clock& clock) : sink_(sink), clock_(clock) {}

  // `began` is steady time. The answer runs exactly once, perhaps at once, perhaps on a thread of the pipeline.
  void offer(wire::Decoded decoded, Duration began, Answer answer);
  // A request that could not be decoded, was of another signal, or simply came.
  void count_malformed() { metrics_->malformed_requests.add(); }
  void count_ignored() { metrics_->ignored_requests.add(); }
  // Returns when it came.
  Duration count_request() {
    metrics_->requests.add();
    return clock_.steady_now();
  }
  const ReceiverMetrics& metrics() const { return *metrics_; }

 private:
  pipeline::SpanSink& sink_;
  const Clock& clock_;
  std::shared_ptr<ReceiverMetrics> metrics_ = std::make_shared<ReceiverMetrics>();
};

}  // namespace filo::receivers
