#include "receivers/intake.h"

namespace filo::receivers {
namespace {

// One request between offer and answer.
struct Pending {
  std::shared_ptr<ReceiverMetrics> metrics;
  const Clock& clock;
  Duration began;
  std::uint64_t spans;
  wire::Rejections rejected;
  Intake::Answer answer;

  void finish(Result<wire::Rejections> result, telemetry::Counter& spans_counter) {
    spans_counter.add(spans);
    metrics->answer_time.observe(clock.steady_now() - began);
    answer(std::move(result));
  }
};

}  // namespace

void Intake::offer(wire::Decoded decoded, Duration began, Answer answer) {
  const std::uint64_t spans = decoded.batch.spans.size();
  metrics_->received_spans.add(spans + decoded.rejected.total());
  for (std::size_t reason = 0; reason < decoded.rejected.counts.size(); ++reason) {
    metrics_->rejected_spans[reason].add(decoded.rejected.counts[reason]);
  }
  // Shared, because a refused offer has already taken the ack that would own it.
  auto pending = std::make_shared<Pending>(
      Pending{metrics_, clock_, began, spans, std::move(decoded.rejected), std::move(answer)});
  if (spans == 0) return pending->finish(std::move(pending->rejected), metrics_->accepted_spans);
  const Result<void> offered = sink_.offer(std::move(decoded.batch), [pending](Result<void> kept) {
    ReceiverMetrics& metrics = *pending->metrics;
    if (kept) return pending->finish(std::move(pending->rejected), metrics.accepted_spans);
    pending->finish(kept.error(), metrics.failed_spans);
  });
  if (!offered) pending->finish(offered.error(), metrics_->refused_spans);
}

}  // namespace filo::receivers
