// FaultyFileSystem: another file system that fails on request, for tests and simulations. Thread-safe; wraps `inner`,
// which outlives it and its files. Faults are drawn in the order the calls come in, so one seed repeats a run.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "base/random.h"
#include "concurrency/thread_annotations.h"
#include "io/file_system.h"

namespace filo::io {

enum class Operation {
  create,
  open,
  append,
  sync,
  read,
  truncate,
  rename,
  remove,
  make_dirs,
  sync_dir,
  list,
  space,
  lock
};

// What a chosen call does instead. A failing append first writes `kept_bytes` of what it was given.
struct Fault {
  ErrorCode code = ErrorCode::io_failed;
  std::size_t kept_bytes = 0;
};

enum class Access { read_write, read_only };

class FaultyFileSystem final : public FileSystem {
 public:
  using Predicate = std::function<std::optional<Fault>(Operation, const std::string& path)>;

  explicit FaultyFileSystem(FileSystem& inner, std::uint64_t seed = 0) : inner_(inner), random_(seed) {}

  // The n-th such call from now on fails, once; 1 is the next.
  void fail_call(Operation operation, std::uint64_t n, Fault fault = {});
  // Every such call fails with this probability. A failing append keeps a random part, besides `kept_bytes`.
  void fail_randomly(Operation operation, double probability, Fault fault = {});
  // Asked at each call that nothing above failed.
  void fail_when(Predicate predicate);
  // Read-only: whatever writes fails with io_failed.
  void set_access(Access access);
  // At most this much may be appended from now on before disk_full; removing and truncating give space back.
  void limit_free_bytes(std::uint64_t bytes);
  // No more faults, no limit, writable.
  void heal();

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

 private:
  friend class FaultyFile;
  struct Plan {
    std::map<std::uint64_t, Fault> by_call;  // by the number of calls so far
    std::uint64_t calls = 0;
    double probability = 0;
    Fault random_fault;
  };

  std::optional<Fault> draw(Operation operation, const std::string& path, std::size_t append_bytes = 0) const;
  Result<void> check(Operation operation, const std::string& path) const;
  // How many of the bytes may be written; takes them from the limit.
  std::size_t take_space(std::size_t bytes) const;
  void give_space_back(std::uint64_t bytes) const;

  FileSystem& inner_;
  mutable Mutex mutex_;
  mutable Random random_ GUARDED_BY(mutex_);
  mutable std::map<Operation, Plan> plans_ GUARDED_BY(mutex_);
  Predicate predicate_ GUARDED_BY(mutex_);
  Access access_ GUARDED_BY(mutex_) = Access::read_write;
  mutable std::optional<std::uint64_t> free_bytes_ GUARDED_BY(mutex_);
};

}  // namespace filo::io
