#include "backends/embedded/metrics.h"

namespace filo::backends {

void describe(const EmbeddedMetrics& m, telemetry::MetricWriter& out) {
  const auto gauge = [&out](std::string_view name, std::string_view help, const telemetry::Gauge& value) {
    out.gauge(name, help, static_cast<double>(value.value()));
  };
  out.counter("filo_embedded_spans_written_total", "Spans written into new parts", m.spans_written.value());
  out.counter("filo_embedded_traces_written_total", "Traces, or pieces of them, written into new parts",
              m.traces_written.value());
  out.counter("filo_embedded_parts_written_total", "Parts published for traces that left the window",
              m.parts_written.value());
  out.counter("filo_embedded_part_bytes_written_total", "Bytes of all published parts, compaction included",
              m.bytes_written.value());
  out.counter("filo_embedded_writes_failed_total", "Writes of which nothing was kept", m.writes_failed.value());
  out.counter("filo_embedded_pages_scanned_total", "Pages that searches looked into", m.pages_scanned.value());
  out.counter("filo_embedded_bytes_scanned_total", "Stored bytes that searches read", m.bytes_scanned.value());
  out.counter("filo_embedded_chunks_damaged_total", "Reads that met damaged bytes in a part", m.chunks_damaged.value());
  out.counter("filo_embedded_parts_quarantined_total", "Parts set aside because their footer is damaged",
              m.parts_quarantined.value());
  out.counter("filo_embedded_compactions_total", "Merges of parts", m.compactions.value());
  out.counter("filo_embedded_compactions_failed_total", "Merges that were given up; their parts stay",
              m.compactions_failed.value());
  out.counter("filo_embedded_parts_compacted_total", "Parts replaced by a merged one", m.parts_compacted.value());
  out.counter("filo_embedded_duplicate_spans_dropped_total", "Spans dropped in merges because they were stored twice",
              m.duplicates_dropped.value());
  out.counter("filo_embedded_parts_expired_total", "Parts removed by retention", m.parts_expired_by_age.value(),
              {{"reason", "age"}});
  out.counter("filo_embedded_parts_expired_total", "Parts removed by retention", m.parts_expired_by_space.value(),
              {{"reason", "space"}});
  out.counter("filo_embedded_removals_failed_total", "Files that could not be removed", m.removals_failed.value());
  gauge("filo_embedded_parts", "Parts that can be read", m.parts);
  gauge("filo_embedded_bytes", "Bytes of the parts that can be read", m.bytes);
  gauge("filo_embedded_spans", "Spans in the parts", m.spans);
  gauge("filo_embedded_trace_pieces", "Traces in the parts, each counted once a piece", m.pieces);
  gauge("filo_embedded_resident_bytes", "Memory of tables, dictionaries and filters kept between questions",
        m.resident_bytes);
  gauge("filo_embedded_parts_unreadable", "Parts that are there and cannot be read", m.parts_unreadable);
  out.histogram("filo_embedded_write_duration_seconds", "Time to make traces durable as parts", m.write_duration);
  out.histogram("filo_embedded_compaction_duration_seconds", "Time of a merge of parts", m.compaction_duration);
}

}  // namespace filo::backends
