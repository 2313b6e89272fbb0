#include "backends/embedded/catalogue.h"

#include <algorithm>

#include "io/directories.h"
#include "telemetry/log.h"

namespace filo::backends {
namespace {

bool newest_first(const CatalogueEntry& a, const CatalogueEntry& b) {
  const auto& x = a.part->info();
  const auto& y = b.part->info();
  return x.max_start != y.max_start ? x.max_start > y.max_start : a.number > b.number;
}

}  // namespace

Result<void> Catalogue::open() {
  if (auto made = io::make_dirs_durable(files_, directory_); !made) return made;
  PartList found;
  const auto days = files_.list(directory_);
  if (!days) return days.error();
  for (const auto& day : *days) {
    if (!day.is_directory || !parse_directory(day.name, "00")) continue;
    const auto hours = files_.list(directory_ + "/" + day.name);
    if (!hours) return hours.error();
    for (const auto& hour : *hours) {
      const auto parsed = parse_directory(day.name, hour.name);
      if (!hour.is_directory || !parsed) continue;
      if (auto opened = open_hour(directory_ + "/" + day.name + "/" + hour.name, *parsed, found); !opened) {
        return opened;
      }
    }
  }
  remove_replaced(found);
  replace(std::move(found), {});
  return {};
}

Result<void> Catalogue::open_hour(const std::string& path, Hour hour, PartList& found) {
  const auto entries = files_.list(path);
  if (!entries) return entries.error();
  for (const auto& entry : *entries) {
    const auto name = parse_part_name(entry.name);
    if (entry.is_directory || !name) continue;
    {
      MutexLock lock(mutex_);
      last_number_ = std::max(last_number_, name->number);
    }
    const std::string file = path + "/" + entry.name;
    if (name->state == PartState::temporary) {
      // A write that a crash cut short; its traces are still in the journal.
      if (!files_.remove(file)) metrics_.removals_failed.add();
    } else if (name->state == PartState::bad) {
      metrics_.parts_unreadable.add(1);
    } else if (auto opened = open_part(file, name->number, hour, found); !opened) {
      return opened;
    }
  }
  return {};
}

Result<void> Catalogue::open_part(const std::string& path, std::uint64_t number, Hour hour, PartList& found) {
  auto part = parts::Part::open(files_, path);
  if (part) {
    found.push_back({number, hour, std::move(*part)});
    return {};
  }
  metrics_.parts_unreadable.add(1);
  log::error("part_unreadable", {{"part", path}, {"error", part.error().message}});
  if (part.error().code != ErrorCode::corrupt_data) return {};
  metrics_.parts_quarantined.add();
  auto renamed = files_.rename(path, path + ".bad");
  if (renamed) renamed = files_.sync_dir(io::parent_of(path));
  return renamed;
}

// A merge publishes its result before it removes what it was made from.
void Catalogue::remove_replaced(PartList& found) {
  std::set<std::uint64_t> replaced;
  for (const auto& entry : found) {
    const auto& numbers = entry.part->info().replaces;
    replaced.insert(numbers.begin(), numbers.end());
  }
  if (!replaced.empty()) {
    MutexLock lock(mutex_);
    last_number_ = std::max(last_number_, *replaced.rbegin());
  }
  const auto is_replaced = [&replaced](const CatalogueEntry& entry) { return replaced.contains(entry.number); };
  for (const auto& entry : found) {
    if (is_replaced(entry)) remove_file(entry);
  }
  found.erase(std::remove_if(found.begin(), found.end(), is_replaced), found.end());
}

std::shared_ptr<const PartList> Catalogue::parts() const {
  MutexLock lock(mutex_);
  return parts_;
}

std::uint64_t Catalogue::next_number() {
  MutexLock lock(mutex_);
  return ++last_number_;
}

void Catalogue::replace(PartList added, const std::set<std::uint64_t>& removed) {
  MutexLock lock(mutex_);
  auto list = std::make_shared<PartList>(std::move(added));
  for (const auto& entry : *parts_) {
    if (!removed.contains(entry.number)) list->push_back(entry);
  }
  std::sort(list->begin(), list->end(), newest_first);
  update_gauges(*list);
  parts_ = std::move(list);
}

void Catalogue::update_gauges(const PartList& list) {
  std::uint64_t bytes = 0;
  std::uint64_t spans = 0;
  std::uint64_t pieces = 0;
  for (const auto& entry : list) {
    bytes += entry.part->info().file_bytes;
    spans += entry.part->info().spans;
    pieces += entry.part->info().pieces;
  }
  metrics_.parts.set(static_cast<std::int64_t>(list.size()));
  metrics_.bytes.set(static_cast<std::int64_t>(bytes));
  metrics_.spans.set(static_cast<std::int64_t>(spans));
  metrics_.pieces.set(static_cast<std::int64_t>(pieces));
}

void Catalogue::bound_resident(std::size_t bytes_max) const {
  const auto list = parts();
  std::size_t bytes = 0;
  for (const auto& entry : *list) bytes += entry.part->resident_bytes();
  for (const bool spare_touched : {true, false}) {
    for (auto entry = list->rbegin(); entry != list->rend() && bytes > bytes_max; ++entry) {
      const std::size_t resident = entry->part->resident_bytes();
      if (resident == 0 || (entry->part->take_touched() && spare_touched)) continue;
      entry->part->forget();
      bytes -= std::min(bytes, resident);
    }
  }
  metrics_.resident_bytes.set(static_cast<std::int64_t>(bytes));
}

void Catalogue::remove_directories(Hour hour) {
  const std::string path = directory_for(hour);
  const auto left = files_.list(path);
  if (!left || !left->empty() || !files_.remove(path)) return;
  // The day goes with its last hour; while there are others, this fails, as it should.
  static_cast<void>(files_.remove(io::parent_of(path)));
}

void Catalogue::remove_file(const CatalogueEntry& entry) {
  const std::string& path = entry.part->path();
  if (auto removed = files_.remove(path); !removed) {
    metrics_.removals_failed.add();
    log::warning("part_not_removed", {{"part", path}, {"error", removed.error().message}});
    return;
  }
  // Durable, so that a part never comes back when the one that replaced it is gone.
  const std::string hour = io::parent_of(path);
  if (!files_.sync_dir(hour)) metrics_.removals_failed.add();
}

}  // namespace filo::backends
