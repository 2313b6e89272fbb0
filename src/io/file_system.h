// The one place where Filo touches disks. Three kinds behind it: posix_file_system.h (the real one),
// memory_file_system.h (a shipped fake that keeps what was synced apart from what was not), faulty_file_system.h
// (fails, tears and loses on request). Paths are absolute or relative to the process, with '/' between names.
//
// Durability is explicit: bytes survive a power cut only after File::sync(), names only after FileSystem::sync_dir().
// Every function is thread-safe; one File is used by one writer at a time, read_at() by any number of readers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace filo::io {

class File {
 public:
  virtual ~File() = default;
  // Writes all of `bytes` at the end, or fails; after a failure the file may have grown by a part of them.
  virtual Result<void> append(std::string_view bytes) = 0;
  // Makes the content durable (fdatasync). A failure is final: the file must not be written again (the pages may be
  // gone).
  virtual Result<void> sync() = 0;
  // Exactly `length` bytes from `offset`; corrupt_data when the file is shorter.
  virtual Result<std::string> read_at(std::uint64_t offset, std::size_t length) const = 0;
  virtual Result<std::uint64_t> size() const = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
};

// What holds a lock on a directory; released when destroyed or when the process ends, however it ends.
class Lock {
 public:
  virtual ~Lock() = default;
};

struct Entry {
  std::string name;  // without the directory
  bool is_directory = false;
  std::uint64_t bytes = 0;  // of a file
};

struct Space {
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // available to us
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;           // fails if it exists
  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;             // for reading and appending
  virtual Result<std::unique_ptr<File>> open_read(const std::string& path) const = 0;  // for reading
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;     // replaces, atomically
  virtual Result<void> remove(const std::string& path) = 0;                            // a file or an empty directory
  virtual Result<void> make_dirs(const std::string& path) = 0;                         // and its parents; fine if there
  virtual Result<void> sync_dir(const std::string& path) = 0;
  virtual Result<std::vector<Entry>> list(const std::string& path) const = 0;  // sorted by name
  virtual Result<bool> exists(const std::string& path) const = 0;
  virtual Result<Space> space(const std::string& path) const = 0;
  // Exclusive among processes; unavailable (naming the holder's process id if known) when another holds it.
  virtual Result<std::unique_ptr<Lock>> lock(const std::string& path) = 0;
};

}  // namespace filo::io
