#include "receivers/receiver.h"

namespace filo::receivers {

void describe(const ReceiverMetrics& metrics, const char* receiver, telemetry::MetricWriter& writer) {
  const auto counter = [&](std::string_view name, std::string_view help, const telemetry::Counter& value) {
    writer.counter(name, help, value.value(), {{"receiver", receiver}});
  };
  counter("filo_receiver_requests_total", "Requests, packets or messages that came in.", metrics.requests);
  counter("filo_receiver_received_spans_total", "Spans decoded, good or bad.", metrics.received_spans);
  for (std::size_t reason = 0; reason < metrics.rejected_spans.size(); ++reason) {
    writer.counter("filo_receiver_rejected_spans_total", "Spans left out because they were bad in themselves.",
                   metrics.rejected_spans[reason].value(),
                   {{"receiver", receiver}, {"reason", wire::name_of(static_cast<wire::Rejection>(reason))}});
  }
  counter("filo_receiver_refused_spans_total", "Spans that the pipeline could not take; the sender may try again.",
          metrics.refused_spans);
  counter("filo_receiver_failed_spans_total", "Spans that could not be made durable; the sender may try again.",
          metrics.failed_spans);
  counter("filo_receiver_accepted_spans_total", "Spans that were made durable.", metrics.accepted_spans);
  counter("filo_receiver_malformed_requests_total", "Requests that could not be decoded.", metrics.malformed_requests);
  counter("filo_receiver_ignored_requests_total", "Requests with metrics, logs or profiles, answered and discarded.",
          metrics.ignored_requests);
  writer.histogram("filo_receiver_answer_seconds", "Time from the whole request to its answer.", metrics.answer_time,
                   {{"receiver", receiver}});
}

}  // namespace filo::receivers
