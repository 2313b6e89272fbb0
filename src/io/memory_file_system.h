// MemoryFileSystem: a disk in memory that knows what a power cut takes. Content that was not synced and names whose
// directory was not synced are kept apart from what is durable, and power_cut() loses, tears and reorders them. For
// tests and simulations; thread-safe; bounded by `total_bytes`. Renames files only, not directories.
#pragma once

#include "base/random.h"
#include "io/file_system.h"

namespace filo::io {

struct MemoryDisk;

class MemoryFileSystem final : public FileSystem {
 public:
  explicit MemoryFileSystem(std::uint64_t total_bytes = std::uint64_t{1} << 40);

  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<std::unique_ptr<File>> open_read(const std::string& path) const override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_dirs(const std::string& path) override;
  Result<void> sync_dir(const std::string& path) override;
  Result<std::vector<Entry>> list(const std::string& path) const override;
  Result<bool> exists(const std::string& path) const override;
  Result<Space> space(const std::string& path) const override;
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;

  // Each unsynced append survives wholly, partly (cut at a byte, or sector by sector with zeroes or garbage between) or
  // not at all; each unsynced truncation, creation, rename and removal survives or not; in any combination. Bytes that
  // were synced survive even in a sector that is shared with bytes that were not. Files opened before fail from now on.
  void power_cut(Random& random);

 private:
  // Shared with the open files and locks, which may outlive the file system.
  std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace filo::io
