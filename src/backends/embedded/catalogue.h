// Catalogue: which parts there are. The directory listing is the truth; this is its image in memory: an immutable list
// that readers take and keep while it is replaced. Numbers parts, removes what crashes left behind, sets damaged parts
// aside. Thread-safe.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/embedded/metrics.h"
#include "backends/embedded/part_name.h"
#include "concurrency/thread_annotations.h"
#include "io/file_system.h"
#include "parts/part.h"

namespace filo::backends {

struct CatalogueEntry {
  std::uint64_t number = 0;
  Hour hour = 0;
  std::shared_ptr<const parts::Part> part;
};

// Those with the newest spans first.
using PartList = std::vector<CatalogueEntry>;

class Catalogue {
 public:
  Catalogue(io::FileSystem& files, std::string directory, EmbeddedMetrics& metrics)
      : files_(files), directory_(std::move(directory)), metrics_(metrics) {}

  // Reads the directory. Once, before anything else.
  Result<void> open();

  // Shared because readers go on with the list they took while a newer one takes its place.
  std::shared_ptr<const PartList> parts() const EXCLUDES(mutex_);
  // Parts that are there and cannot be read: every answer may lack what is in them.
  std::uint64_t unreadable() const { return static_cast<std::uint64_t>(metrics_.parts_unreadable.value()); }

  std::uint64_t next_number() EXCLUDES(mutex_);
  const std::string& directory() const { return directory_; }
  std::string directory_for(Hour hour) const { return directory_ + "/" + directory_of(hour); }
  std::string path_for(Hour hour, std::uint64_t number) const {
    return directory_for(hour) + "/" + name_of_part(number);
  }

  // Takes parts in and out at once.
  void replace(PartList added, const std::set<std::uint64_t>& removed) EXCLUDES(mutex_);
  // Unlinks a part that is no longer listed. Open readers keep reading.
  void remove_file(const CatalogueEntry& entry);
  // Unlinks the directories of an hour that gets no parts any more, once they are empty.
  void remove_directories(Hour hour);
  // Gives back memory that readers left in parts, down to the limit: of old parts, and of idle ones, first.
  void bound_resident(std::size_t bytes_max) const;

 private:
  Result<void> open_hour(const std::string& path, Hour hour, PartList& found);
  Result<void> open_part(const std::string& path, std::uint64_t number, Hour hour, PartList& found);
  void remove_replaced(PartList& found);
  void update_gauges(const PartList& list);

  io::FileSystem& files_;
  const std::string directory_;
  EmbeddedMetrics& metrics_;

  mutable Mutex mutex_;
  std::shared_ptr<const PartList> parts_ GUARDED_BY(mutex_) = std::make_shared<const PartList>();
  std::uint64_t last_number_ GUARDED_BY(mutex_) = 0;
};

}  // namespace filo::backends
