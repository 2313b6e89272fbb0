#include "io/faulty_file_system.h"

#include <algorithm>
#include <array>

namespace filo::io {
namespace {

std::string_view name_of(Operation operation) {
  constexpr std::array<std::string_view, 13> names = {"create",   "open",   "append", "sync",      "read",
                                                      "truncate", "rename", "remove", "make_dirs", "sync_dir",
                                                      "list",     "space",  "lock"};
  return names[static_cast<std::size_t>(operation)];
}

bool writes(Operation operation) {
  return operation != Operation::open && operation != Operation::read && operation != Operation::list &&
         operation != Operation::space;
}

Error error_of(const Fault& fault, Operation operation, const std::string& path) {
  return Error{fault.code, std::string(name_of(operation)) + " " + path + ": injected fault"};
}

}  // namespace

class FaultyFile final : public File {
 public:
  FaultyFile(const FaultyFileSystem& faults, std::unique_ptr<File> inner, std::string path)
      : faults_(faults), inner_(std::move(inner)), path_(std::move(path)) {}

  Result<void> append(std::string_view bytes) override {
    if (const auto fault = faults_.draw(Operation::append, path_, bytes.size())) {
      const std::string_view kept = bytes.substr(0, faults_.take_space(std::min(fault->kept_bytes, bytes.size())));
      if (auto written = inner_->append(kept); !written) return written;
      return error_of(*fault, Operation::append, path_);
    }
    const std::size_t fits = faults_.take_space(bytes.size());
    if (auto written = inner_->append(bytes.substr(0, fits)); !written) return written;
    if (fits < bytes.size()) return error_of({ErrorCode::disk_full}, Operation::append, path_);
    return {};
  }
  Result<void> sync() override {
    if (auto fine = faults_.check(Operation::sync, path_); !fine) return fine;
    return inner_->sync();
  }
  Result<std::string> read_at(std::uint64_t offset, std::size_t length) const override {
    if (auto fine = faults_.check(Operation::read, path_); !fine) return fine.error();
    return inner_->read_at(offset, length);
  }
  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<void> truncate(std::uint64_t size) override {
    if (auto fine = faults_.check(Operation::truncate, path_); !fine) return fine;
    const auto before = inner_->size();
    if (!before) return before.error();
    if (auto cut = inner_->truncate(size); !cut) return cut;
    if (size < *before) faults_.give_space_back(*before - size);
    return {};
  }

 private:
  const FaultyFileSystem& faults_;
  std::unique_ptr<File> inner_;
  std::string path_;
};

void FaultyFileSystem::fail_call(Operation operation, std::uint64_t n, Fault fault) {
  const MutexLock lock(mutex_);
  Plan& plan = plans_[operation];
  plan.by_call[plan.calls + n] = fault;
}

void FaultyFileSystem::fail_randomly(Operation operation, double probability, Fault fault) {
  const MutexLock lock(mutex_);
  plans_[operation].probability = probability;
  plans_[operation].random_fault = fault;
}

void FaultyFileSystem::fail_when(Predicate predicate) {
  const MutexLock lock(mutex_);
  predicate_ = std::move(predicate);
}

void FaultyFileSystem::set_access(Access access) {
  const MutexLock lock(mutex_);
  access_ = access;
}

void FaultyFileSystem::limit_free_bytes(std::uint64_t bytes) {
  const MutexLock lock(mutex_);
  free_bytes_ = bytes;
}

void FaultyFileSystem::heal() {
  const MutexLock lock(mutex_);
  plans_.clear();
  predicate_ = nullptr;
  access_ = Access::read_write;
  free_bytes_.reset();
}

std::optional<Fault> FaultyFileSystem::draw(Operation operation, const std::string& path,
                                            std::size_t append_bytes) const {
  const MutexLock lock(mutex_);
  if (access_ == Access::read_only && writes(operation)) return Fault{};
  Plan& plan = plans_[operation];
  if (const auto chosen = plan.by_call.find(++plan.calls); chosen != plan.by_call.end()) return chosen->second;
  if (plan.probability > 0 && random_.chance(plan.probability)) {
    Fault fault = plan.random_fault;
    fault.kept_bytes += static_cast<std::size_t>(random_.below(append_bytes + 1));
    return fault;
  }
  return predicate_ ? predicate_(operation, path) : std::nullopt;
}

Result<void> FaultyFileSystem::check(Operation operation, const std::string& path) const {
  if (const auto fault = draw(operation, path)) return error_of(*fault, operation, path);
  return {};
}

std::size_t FaultyFileSystem::take_space(std::size_t bytes) const {
  const MutexLock lock(mutex_);
  if (!free_bytes_) return bytes;
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(*free_bytes_, bytes));
  *free_bytes_ -= taken;
  return taken;
}

void FaultyFileSystem::give_space_back(std::uint64_t bytes) const {
  const MutexLock lock(mutex_);
  if (free_bytes_) *free_bytes_ += bytes;
}

Result<std::unique_ptr<File>> FaultyFileSystem::create(const std::string& path) {
  if (auto fine = check(Operation::create, path); !fine) return fine.error();
  auto file = inner_.create(path);
  if (!file) return file;
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, *std::move(file), path));
}

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path) {
  if (auto fine = check(Operation::open, path); !fine) return fine.error();
  auto file = inner_.open(path);
  if (!file) return file;
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, *std::move(file), path));
}

Result<std::unique_ptr<File>> FaultyFileSystem::open_read(const std::string& path) const {
  if (auto fine = check(Operation::open, path); !fine) return fine.error();
  auto file = inner_.open_read(path);
  if (!file) return file;
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, *std::move(file), path));
}

Result<void> FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  if (auto fine = check(Operation::rename, from); !fine) return fine;
  return inner_.rename(from, to);
}

Result<void> FaultyFileSystem::remove(const std::string& path) {
  if (auto fine = check(Operation::remove, path); !fine) return fine;
  std::uint64_t bytes = 0;
  if (const auto file = inner_.open_read(path)) {
    if (const auto size = file.value()->size()) bytes = *size;
  }
  if (auto removed = inner_.remove(path); !removed) return removed;
  give_space_back(bytes);
  return {};
}

Result<void> FaultyFileSystem::make_dirs(const std::string& path) {
  if (auto fine = check(Operation::make_dirs, path); !fine) return fine;
  return inner_.make_dirs(path);
}

Result<void> FaultyFileSystem::sync_dir(const std::string& path) {
  if (auto fine = check(Operation::sync_dir, path); !fine) return fine;
  return inner_.sync_dir(path);
}

Result<std::vector<Entry>> FaultyFileSystem::list(const std::string& path) const {
  if (auto fine = check(Operation::list, path); !fine) return fine.error();
  return inner_.list(path);
}

Result<bool> FaultyFileSystem::exists(const std::string& path) const { return inner_.exists(path); }

Result<Space> FaultyFileSystem::space(const std::string& path) const {
  if (auto fine = check(Operation::space, path); !fine) return fine.error();
  auto space = inner_.space(path);
  if (!space) return space;
  const MutexLock lock(mutex_);
  if (free_bytes_) space->free_bytes = std::min(space->free_bytes, *free_bytes_);
  return space;
}

Result<std::unique_ptr<Lock>> FaultyFileSystem::lock(const std::string& path) {
  if (auto fine = check(Operation::lock, path); !fine) return fine.error();
  return inner_.lock(path);
}

}  // namespace filo::io
