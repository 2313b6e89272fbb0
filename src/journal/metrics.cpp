#include "journal/metrics.h"

namespace filo::journal {

std::string_view name_of(Refusal refusal) {
  constexpr std::array<std::string_view, refusals> names = {"none",      "queue_full", "journal_full",
                                                            "disk_full", "broken",     "closed"};
  return names[static_cast<std::size_t>(refusal)];
}

void describe(const Metrics& metrics, telemetry::MetricWriter& writer) {
  const auto counter = [&writer](std::string_view name, std::string_view help, const telemetry::Counter& value) {
    writer.counter(name, help, value.value());
  };
  counter("filo_journal_appended_records_total", "Records committed to the journal.", metrics.appended_records);
  counter("filo_journal_appended_bytes_total", "Payload bytes committed to the journal.", metrics.appended_bytes);
  counter("filo_journal_failed_records_total", "Records answered with an error.", metrics.failed_records);
  counter("filo_journal_commits_total", "Successful commits, each of any number of records.", metrics.commits);
  counter("filo_journal_commit_failures_total", "Commits that failed, for any reason.", metrics.commit_failures);
  counter("filo_journal_sync_failures_total", "Failures of the disk, after which a file is not written again.",
          metrics.sync_failures);
  counter("filo_journal_release_failures_total", "Failed deletions of released files; tried again.",
          metrics.release_failures);
  counter("filo_journal_replayed_records_total", "Records given back at start.", metrics.replayed_records);
  counter("filo_journal_torn_tail_bytes_total", "Bytes of an unfinished write that were cut off at start.",
          metrics.torn_tail_bytes);
  counter("filo_journal_corrupt_records_total", "Damaged places that the replay skipped; each one or more records.",
          metrics.corrupt_records);
  for (std::size_t i = 1; i < refusals; ++i) {
    writer.counter("filo_journal_refused_total", "Records refused at the door.", metrics.refused[i].value(),
                   {{"reason", name_of(static_cast<Refusal>(i))}});
  }
  const auto gauge = [&writer](std::string_view name, std::string_view help, const telemetry::Gauge& value) {
    writer.gauge(name, help, static_cast<double>(value.value()));
  };
  gauge("filo_journal_bytes", "Bytes of the journal's files.", metrics.bytes);
  gauge("filo_journal_files", "Files of the journal.", metrics.files);
  gauge("filo_journal_oldest_sequence", "No record before this one is kept.", metrics.oldest_sequence);
  gauge("filo_journal_waiting_bytes", "Bytes accepted and not yet answered.", metrics.waiting_bytes);
  writer.histogram("filo_journal_commit_seconds", "Time of a commit: one write and one sync.", metrics.commit_seconds);
}

}  // namespace filo::journal
