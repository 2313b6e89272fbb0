#include "backends/embedded/embedded.h"

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

#include "base/hash.h"
#include "io/directories.h"
#include "parts/part_writer.h"
#include "parts/scan.h"
#include "telemetry/log.h"

#include "backends/embedded/part_facets.h"

namespace filo::backends {
namespace {

constexpr Duration future_max = std::chrono::hours(1);
constexpr Duration past_max = std::chrono::hours(24) * 30;

}  // namespace

// A part that is written and not yet known to readers.
struct Embedded::NewPart {
  Hour hour = 0;
  std::uint64_t number = 0;
  std::string path;
  std::unique_ptr<parts::PartWriter> writer;
  parts::PartInfo info;
};

Embedded::Embedded(io::FileSystem& files, const Clock& clock, std::string directory, EmbeddedConfig config)
    : files_(files),
      clock_(clock),
      config_(std::move(config)),
      catalogue_(files, std::move(directory), metrics_),
      compaction_(files, catalogue_, config_, metrics_) {}

Result<std::unique_ptr<Embedded>> Embedded::create(io::FileSystem& files, const Clock& clock, std::string directory,
                                                   EmbeddedConfig config) {
  auto store = std::unique_ptr<Embedded>(new Embedded(files, clock, std::move(directory), std::move(config)));
  if (auto opened = store->catalogue_.open(); !opened) return opened.error();
  return store;
}

// By the trace's own time, unless a clock was so wrong that retention would take it at once or never.
Hour Embedded::hour_for(const Trace& trace, Timestamp now) const {
  const Duration age = now - trace.start;
  const Duration age_max = config_.max_age > Duration::zero() ? std::min(config_.max_age, past_max) : past_max;
  return hour_of(age > age_max || age < -future_max ? now : trace.start);
}

Result<std::vector<Embedded::NewPart>> Embedded::prepare(std::span<const pipeline::SealedTrace> traces) {
  const Timestamp now = clock_.now();
  std::map<Hour, std::vector<parts::Piece>> hours;
  for (const auto& sealed : traces) {
    if (!sealed.trace.spans.empty()) hours[hour_for(sealed.trace, now)].push_back({&sealed.trace, sealed.through});
  }
  std::vector<NewPart> made;
  for (auto& [hour, pieces] : hours) {
    NewPart part;
    part.hour = hour;
    part.number = catalogue_.next_number();
    part.path = catalogue_.path_for(hour, part.number);
    if (auto dirs = io::make_dirs_durable(files_, catalogue_.directory_for(hour)); !dirs) return dirs.error();
    parts::WriterSettings settings;
    settings.zstd_level = config_.seal_zstd_level;
    auto writer = parts::PartWriter::create(files_, part.path, settings);
    if (!writer) return writer.error();
    part.writer = std::move(*writer);
    parts::add_sorted(*part.writer, std::move(pieces));
    auto info = part.writer->finish();
    if (!info) return info.error();
    part.info = std::move(*info);
    made.push_back(std::move(part));
  }
  return made;
}

void Embedded::withdraw(const std::vector<NewPart>& made) {
  for (const auto& part : made) {
    const auto there = files_.exists(part.path);
    if (there && *there && !files_.remove(part.path)) metrics_.removals_failed.add();
  }
}

Result<void> Embedded::publish(std::vector<NewPart>& made) {
  PartList added;
  for (auto& part : made) {
    if (auto published = part.writer->publish(); !published) return published;
    if (auto synced = files_.sync_dir(io::parent_of(part.path)); !synced) return synced;
    auto opened = parts::Part::open(files_, part.path);
    if (!opened) return opened.error();
    added.push_back({part.number, part.hour, std::move(*opened)});
  }
  catalogue_.replace(std::move(added), {});
  return {};
}

Result<void> Embedded::write(std::span<const pipeline::SealedTrace> traces) {
  MutexLock lock(write_mutex_);
  const Duration begin = clock_.steady_now();
  auto made = prepare(traces);
  Result<void> result;
  if (!made) {
    result = made.error();
  } else if (result = publish(*made); !result) {
    withdraw(*made);
  }
  if (!result) {
    metrics_.writes_failed.add();
    return result;
  }
  for (const auto& part : *made) {
    metrics_.spans_written.add(part.info.spans);
    metrics_.traces_written.add(part.info.pieces);
    metrics_.bytes_written.add(part.info.file_bytes);
  }
  metrics_.parts_written.add(made->size());
  metrics_.write_duration.observe(clock_.steady_now() - begin);
  return {};
}

Result<bool> Embedded::stored(TraceId id, pipeline::Sequence sequence) const {
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    if (entry.part->info().through_max < sequence) continue;
    const auto through = entry.part->through(id);
    if (!through) {
      // Not to be known: say no, so that the journal's copy is kept; a span stored twice is dropped on reading.
      query::ScanReport ignored;
      note(through.error(), ignored);
    } else if (*through && **through >= sequence) {
      return true;
    }
  }
  return false;
}

pipeline::Sequence Embedded::stored_through() const {
  pipeline::Sequence through = 0;
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) through = std::max(through, entry.part->info().through_max);
  return through;
}

void Embedded::note(const Error& error, query::ScanReport& report) const {
  static log::Every every(std::chrono::seconds(10));
  if (error.code == ErrorCode::deadline_exceeded) return report.warn("deadline");
  metrics_.chunks_damaged.add();
  if (every.due(clock_)) log::error("part_damaged", {{"error", error.message}});
  report.warn("damaged: " + error.message);
}

void Embedded::note_unreadable(query::ScanReport& report) const {
  const std::uint64_t count = catalogue_.unreadable();
  if (count > 0) report.warn(std::to_string(count) + " stored part(s) cannot be read");
}

Result<query::Found> Embedded::find(TraceId id, Deadline deadline) const {
  query::Found found;
  note_unreadable(found.scan);
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    if (deadline.expired()) {
      found.scan.warn("deadline");
      break;
    }
    if (auto appended = entry.part->find(id, found.set); !appended) note(appended.error(), found.scan);
  }
  found.scan.spans = found.set.spans.size();
  catalogue_.bound_resident(config_.resident_bytes_max);
  return found;
}

std::optional<std::uint64_t> Embedded::revision(TraceId id) const {
  std::uint64_t revision = catalogue_.unreadable();
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    const auto places = entry.part->places_of(id);
    if (!places) return std::nullopt;
    if (!places->empty()) revision = mix64(revision ^ entry.number);
  }
  return revision;
}

Result<query::FacetPage> Embedded::facets(const query::FacetQuery& query, Deadline deadline) const {
  query::FacetCounter counter(query);
  query::ScanReport report;
  note_unreadable(report);
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    if (deadline.expired()) {
      report.warn("deadline");
      break;
    }
    if (counter.is_full()) break;
    if (auto added = count_facets(*entry.part, counter, deadline); !added) note(added.error(), report);
    report.spans += entry.part->info().spans;
  }
  catalogue_.bound_resident(config_.resident_bytes_max);
  query::FacetPage page = counter.take();
  page.scan.add(report);
  return page;
}

void Embedded::expire(const CatalogueEntry& entry, telemetry::Counter& reason) {
  catalogue_.replace({}, {entry.number});
  catalogue_.remove_file(entry);
  reason.add();
}

void Embedded::expire_by_age(Timestamp now) {
  if (config_.max_age <= Duration::zero()) return;
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    if (start_of(entry.hour + 1) >= now - config_.max_age) continue;
    expire(entry, metrics_.parts_expired_by_age);
    catalogue_.remove_directories(entry.hour);
  }
}

void Embedded::expire_by_space() {
  PartList oldest_first = *catalogue_.parts();
  std::sort(oldest_first.begin(), oldest_first.end(), [](const CatalogueEntry& a, const CatalogueEntry& b) {
    return std::pair(a.hour, a.number) < std::pair(b.hour, b.number);
  });
  std::uint64_t used = 0;
  for (const auto& entry : oldest_first) used += entry.part->info().file_bytes;
  for (const auto& entry : oldest_first) {
    const auto space = files_.space(catalogue_.directory());
    const bool scarce = space && static_cast<double>(space->total_bytes - space->free_bytes) >
                                     config_.max_disk_share * static_cast<double>(space->total_bytes);
    if (!scarce && (config_.max_bytes == 0 || used <= config_.max_bytes)) return;
    expire(entry, metrics_.parts_expired_by_space);
    used -= entry.part->info().file_bytes;
  }
}

Result<void> Embedded::maintain(const std::stop_token& stop) {
  for (;;) {
    expire_by_age(clock_.now());
    expire_by_space();
    const Duration begin = clock_.steady_now();
    const auto merged = compaction_.step(clock_.now(), stop);
    if (!merged) return merged.error();
    if (!*merged) return {};
    metrics_.compaction_duration.observe(clock_.steady_now() - begin);
  }
}

}  // namespace filo::backends
