#include "io/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace filo::io {
namespace {

Error failure(std::string_view call, const std::string& path, int number) {
  ErrorCode code = ErrorCode::io_failed;
  if (number == ENOSPC || number == EDQUOT) code = ErrorCode::disk_full;
  if (number == ENOENT) code = ErrorCode::not_found;
  return Error{code, std::string(call) + " " + path + ": " + std::system_category().message(number)};
}

template <typename Call>
auto retry_when_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  // Linux frees the number even when close() is interrupted; closing again could hit somebody else's file.
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

Result<Descriptor> open_descriptor(const std::string& path, int flags) {
  const int number = retry_when_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); });
  if (number < 0) return failure("open", path, errno);
  return Descriptor(number);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          retry_when_interrupted([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
      if (written < 0) return failure("write", path_, errno);
      if (written == 0) return failure("write", path_, ENOSPC);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return failure("fdatasync", path_, errno);
    return {};
  }

  Result<std::string> read_at(std::uint64_t offset, std::size_t length) const override {
    const auto bytes_now = size();
    if (!bytes_now) return bytes_now.error();
    if (offset > *bytes_now || length > *bytes_now - offset) return shorter_than(offset, length, *bytes_now);
    std::string bytes(length, '\0');
    std::size_t done = 0;
    while (done < length) {
      const auto at = static_cast<off_t>(offset + done);
      const ssize_t got =
          retry_when_interrupted([&] { return ::pread(descriptor_.number(), &bytes[done], length - done, at); });
      if (got < 0) return failure("pread", path_, errno);
      if (got == 0) return shorter_than(offset, length, offset + done);
      done += static_cast<std::size_t>(got);
    }
    return bytes;
  }

  Result<std::uint64_t> size() const override {
    struct stat status {};
    if (::fstat(descriptor_.number(), &status) != 0) return failure("fstat", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> truncate(std::uint64_t size) override {
    const auto length = static_cast<off_t>(size);
    if (retry_when_interrupted([&] { return ::ftruncate(descriptor_.number(), length); }) != 0) {
      return failure("ftruncate", path_, errno);
    }
    return {};
  }

 private:
  Error shorter_than(std::uint64_t offset, std::size_t length, std::uint64_t size) const {
    return Error{ErrorCode::corrupt_data, "pread " + path_ + ": " + std::to_string(length) + " bytes wanted at " +
                                              std::to_string(offset) + ", but the file ends at " +
                                              std::to_string(size)};
  }

  Descriptor descriptor_;
  std::string path_;
};

Result<std::unique_ptr<File>> open_file(const std::string& path, int flags) {
  auto descriptor = open_descriptor(path, flags);
  if (!descriptor) return descriptor.error();
  struct stat status {};
  if (::fstat(descriptor->number(), &status) != 0) return failure("fstat", path, errno);
  if (S_ISDIR(status.st_mode)) return failure("open", path, EISDIR);
  return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(*descriptor), path));
}

class PosixLock final : public Lock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::create(const std::string& path) {
  return open_file(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND);
}

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path) {
  return open_file(path, O_RDWR | O_APPEND);
}

Result<std::unique_ptr<File>> PosixFileSystem::open_read(const std::string& path) const {
  return open_file(path, O_RDONLY);
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from + " to " + to, errno);
  return {};
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  if (std::remove(path.c_str()) != 0) return failure("remove", path, errno);
  return {};
}

Result<void> PosixFileSystem::make_dirs(const std::string& path) {
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = path.find('/', end + 1);
    const std::string directory = path.substr(0, end);
    if (::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST) continue;
    const int number = errno;
    // A read-only or foreign ancestor that is there already is fine.
    struct stat status {};
    if (::stat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) continue;
    return failure("mkdir", directory, number);
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure("stat", path, errno);
  if (!S_ISDIR(status.st_mode)) return failure("mkdir", path, ENOTDIR);
  return {};
}

Result<void> PosixFileSystem::sync_dir(const std::string& path) {
  const auto descriptor = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  if (!descriptor) return descriptor.error();
  if (::fsync(descriptor.value().number()) != 0) return failure("fsync", path, errno);
  return {};
}

Result<std::vector<Entry>> PosixFileSystem::list(const std::string& path) const {
  const std::unique_ptr<DIR, DirectoryCloser> directory(::opendir(path.c_str()));
  if (directory == nullptr) return failure("opendir", path, errno);
  std::vector<Entry> entries;
  while (true) {
    errno = 0;
    const dirent* found = ::readdir(directory.get());
    if (found == nullptr && errno != 0) return failure("readdir", path, errno);
    if (found == nullptr) break;
    const std::string name = found->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(directory.get()), name.c_str(), &status, 0) != 0) {
      if (errno == ENOENT) continue;  // removed since readdir() saw it
      return failure("fstatat", path + "/" + name, errno);
    }
    const bool is_directory = S_ISDIR(status.st_mode);
    entries.push_back({name, is_directory, is_directory ? 0 : static_cast<std::uint64_t>(status.st_size)});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

Result<bool> PosixFileSystem::exists(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return failure("stat", path, errno);
}

Result<Space> PosixFileSystem::space(const std::string& path) const {
  struct statvfs status {};
  if (retry_when_interrupted([&] { return ::statvfs(path.c_str(), &status); }) != 0) {
    return failure("statvfs", path, errno);
  }
  return Space{status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize};
}

Result<std::unique_ptr<Lock>> PosixFileSystem::lock(const std::string& path) {
  auto descriptor = open_descriptor(path, O_RDWR | O_CREAT);
  if (!descriptor) return descriptor.error();
  const int number = descriptor->number();
  if (retry_when_interrupted([&] { return ::flock(number, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return failure("flock", path, errno);
    char holder[16] = {};
    const ssize_t got = ::pread(number, holder, sizeof(holder) - 1, 0);
    std::string process = got > 0 ? std::string(holder, static_cast<std::size_t>(got)) : "unknown";
    if (process.ends_with('\n')) process.pop_back();
    return Error{ErrorCode::unavailable, path + " is locked by process " + process};
  }
  // The id is for people; the lock holds without it, so a full disk must not refuse it.
  const std::string id = std::to_string(::getpid()) + "\n";
  if (::ftruncate(number, 0) == 0) [[maybe_unused]]
    const ssize_t written = ::pwrite(number, id.data(), id.size(), 0);
  return std::unique_ptr<Lock>(std::make_unique<PosixLock>(std::move(*descriptor)));
}

}  // namespace filo::io
