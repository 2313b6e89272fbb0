#include "backends/embedded/compaction.h"

#include <algorithm>
#include <list>
#include <map>

#include "io/directories.h"
#include "parts/part_writer.h"
#include "parts/piece_cursor.h"
#include "telemetry/log.h"

namespace filo::backends {
namespace {

// Merging a part into one that is many times larger rewrites much for little.
constexpr std::uint64_t size_ratio_max = 4;
// Each input holds a page of columns in memory, about 2 MiB.
constexpr std::size_t inputs_max = 32;

struct Joined {
  Trace trace;
  std::uint64_t through = 0;
};

// The inputs of a merge, read side by side in the order of their pieces' starts.
class Inputs {
 public:
  explicit Inputs(const std::vector<CatalogueEntry>& group) : group_(group) {}

  Result<void> open() {
    for (const auto& entry : group_) {
      auto cursor = parts::PieceCursor::open(entry.part);
      if (!cursor) return fail(entry, cursor.error());
      cursors_.push_back(std::move(*cursor));
    }
    return note_repeated();
  }
  // The next trace, whole: joined with its other pieces. Nothing at the end.
  Result<std::optional<Joined>> next();

  // After an error: the part that could not be read.
  std::uint64_t damaged() const { return damaged_; }

 private:
  Error fail(const CatalogueEntry& entry, const Error& error) {
    if (error.code == ErrorCode::corrupt_data) damaged_ = entry.number;
    return error;
  }
  Result<void> note_repeated();
  Result<Joined> join(TraceId id);

  const std::vector<CatalogueEntry>& group_;
  std::vector<parts::PieceCursor> cursors_;
  std::vector<std::uint64_t> repeated_;  // hashes of trace ids that several pieces have, ascending
  std::set<TraceId> joined_;             // of those, the traces that are done
  std::uint64_t damaged_ = 0;
};

Result<void> Inputs::note_repeated() {
  std::vector<std::uint64_t> all;
  for (const auto& entry : group_) {
    const auto hashes = entry.part->trace_hashes();
    if (!hashes) return fail(entry, hashes.error());
    all.insert(all.end(), hashes->begin(), hashes->end());
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i] == all[i - 1] && (repeated_.empty() || repeated_.back() != all[i])) repeated_.push_back(all[i]);
  }
  return {};
}

Result<Joined> Inputs::join(TraceId id) {
  SpanSet set;
  Joined joined;
  for (const auto& entry : group_) {
    if (auto found = entry.part->find(id, set); !found) return fail(entry, found.error());
    const auto through = entry.part->through(id);
    if (!through) return fail(entry, through.error());
    joined.through = std::max(joined.through, through->value_or(0));
  }
  joined.trace = assemble(id, std::move(set));
  return joined;
}

Result<std::optional<Joined>> Inputs::next() {
  for (;;) {
    std::size_t first = cursors_.size();
    for (std::size_t i = 0; i < cursors_.size(); ++i) {
      const auto* piece = cursors_[i].current();
      if (piece != nullptr && (first == cursors_.size() || piece->start < cursors_[first].current()->start)) first = i;
    }
    if (first == cursors_.size()) return std::optional<Joined>();
    parts::StoredPiece piece = std::move(*cursors_[first].current());
    if (auto advanced = cursors_[first].advance(); !advanced) return fail(group_[first], advanced.error());
    if (joined_.contains(piece.trace_id)) continue;
    if (!std::binary_search(repeated_.begin(), repeated_.end(), piece.trace_id.hash())) {
      return std::optional<Joined>({assemble(piece.trace_id, std::move(piece.set)), piece.through});
    }
    joined_.insert(piece.trace_id);
    auto joined = join(piece.trace_id);
    if (!joined) return joined.error();
    return std::optional<Joined>(std::move(*joined));
  }
}

}  // namespace

Compaction::Group Compaction::choose_in_hour(Group candidates, std::size_t count_min) const {
  std::sort(candidates.begin(), candidates.end(), [](const CatalogueEntry& a, const CatalogueEntry& b) {
    return std::pair(a.part->info().file_bytes, a.number) < std::pair(b.part->info().file_bytes, b.number);
  });
  Group group;
  std::uint64_t bytes = 0;
  for (auto& entry : candidates) {
    const std::uint64_t size = entry.part->info().file_bytes;
    if (group.size() == inputs_max) break;
    const bool fits = group.empty() || (size <= bytes * size_ratio_max && bytes + size <= config_.part_bytes_max);
    if (!fits) {
      if (group.size() >= count_min) break;
      group.clear();
      bytes = 0;
    }
    bytes += size;
    group.push_back(std::move(entry));
  }
  if (group.size() < count_min) group.clear();
  return group;
}

Compaction::Group Compaction::choose(Timestamp now) const {
  std::map<Hour, Group> hours;
  const auto list = catalogue_.parts();  // held: a loop over a temporary would outlive it
  for (const auto& entry : *list) {
    if (entry.part->info().file_bytes >= config_.part_bytes_max || left_alone_.contains(entry.number)) continue;
    hours[entry.hour].push_back(entry);
  }
  for (auto& [hour, candidates] : hours) {
    const bool is_over = start_of(hour + 1) + config_.hour_grace <= now;
    if (!is_over) {
      // What was merged once waits for the end of its hour.
      const auto merged = [](const CatalogueEntry& entry) { return entry.part->info().rewrites > 0; };
      candidates.erase(std::remove_if(candidates.begin(), candidates.end(), merged), candidates.end());
    }
    const std::size_t count_min = is_over ? 2 : std::clamp<std::size_t>(config_.small_parts_max, 2, inputs_max);
    Group group = choose_in_hour(std::move(candidates), count_min);
    if (!group.empty()) return group;
  }
  return {};
}

Result<bool> Compaction::step(Timestamp now, const std::stop_token& stop) {
  const Group group = choose(now);
  if (group.empty() || stop.stop_requested()) return false;
  auto merged = merge(group, stop);
  if (!merged) {
    if (stop.stop_requested()) return false;
    metrics_.compactions_failed.add();
    if (merged.error().code != ErrorCode::corrupt_data) return merged.error();
    metrics_.chunks_damaged.add();
    log::error("compaction_met_damage", {{"error", merged.error().message}});
  }
  return true;
}

Result<std::uint64_t> Compaction::write_merged(const Group& group, std::uint64_t number, const std::stop_token& stop) {
  Inputs inputs(group);
  const auto fail = [this, &inputs](const Error& error) {
    if (inputs.damaged() != 0) left_alone_.insert(inputs.damaged());
    return error;
  };
  if (auto opened = inputs.open(); !opened) return fail(opened.error());
  parts::WriterSettings settings;
  settings.zstd_level = config_.compaction_zstd_level;
  for (const auto& entry : group) {
    settings.replaces.push_back(entry.number);
    settings.rewrites = std::max(settings.rewrites, entry.part->info().rewrites + 1);
  }
  const std::string path = catalogue_.path_for(group.front().hour, number);
  auto writer = parts::PartWriter::create(files_, path, settings);
  if (!writer) return writer.error();
  std::uint64_t duplicates = 0;
  std::list<Joined> pending;  // what the writer still looks at
  for (;;) {
    if (stop.stop_requested()) return Error{ErrorCode::unavailable, "the server is stopping"};
    auto next = inputs.next();
    if (!next) return fail(next.error());
    if (!*next) break;
    pending.push_back(std::move(**next));
    duplicates += pending.back().trace.duplicates;
    (*writer)->add({&pending.back().trace, pending.back().through});
    if ((*writer)->pending_rows() == 0) pending.clear();
  }
  const auto info = (*writer)->finish();
  if (!info) return info.error();
  if (auto published = (*writer)->publish(); !published) return published.error();
  if (auto synced = files_.sync_dir(io::parent_of(path)); !synced) {
    // Whether the name is durable is unknown. The inputs stay; if both survive, opening the store removes them.
    static_cast<void>(files_.remove(path));
    return synced.error();
  }
  metrics_.duplicates_dropped.add(duplicates);
  return info->file_bytes;
}

Result<void> Compaction::merge(const Group& group, const std::stop_token& stop) {
  const std::uint64_t number = catalogue_.next_number();
  const auto bytes = write_merged(group, number, stop);
  if (!bytes) return bytes.error();
  auto part = parts::Part::open(files_, catalogue_.path_for(group.front().hour, number));
  if (!part) return part.error();
  std::set<std::uint64_t> replaced;
  for (const auto& entry : group) replaced.insert(entry.number);
  catalogue_.replace({{number, group.front().hour, std::move(*part)}}, replaced);
  for (const auto& entry : group) catalogue_.remove_file(entry);
  metrics_.compactions.add();
  metrics_.parts_compacted.add(group.size());
  metrics_.bytes_written.add(*bytes);
  log::debug("compaction_done", {{"parts", group.size()}, {"bytes", *bytes}});
  return {};
}

}  // namespace filo::backends
