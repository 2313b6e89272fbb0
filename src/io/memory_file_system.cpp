#include "io/memory_file_system.h"

#include <algorithm>

#include "io/directories.h"
#include "io/memory_disk.h"

namespace filo::io {

void apply_change(const NameChange& change, Names& names) {
  if (change.to.empty()) {
    if (change.node == nullptr) {
      names.erase(change.path);
    } else {
      names[change.path] = change.node;
    }
    return;
  }
  const auto from = names.find(change.path);
  if (from != names.end() && from->second == change.node) names.erase(from);
  names[change.to] = change.node;
}

void MemoryNode::append(std::string_view bytes) {
  if (bytes.empty()) return;
  append_starts.push_back(content.size());
  content.append(bytes);
}

void MemoryNode::truncate(std::size_t size) {
  if (size > content.size()) return append(std::string(size - content.size(), '\0'));
  if (size < durable_bytes) {
    cut_off.insert(0, content.substr(size, durable_bytes - size));
    durable_bytes = size;
  }
  content.resize(size);
  while (!append_starts.empty() && append_starts.back() >= size) append_starts.pop_back();
}

void MemoryNode::sync() {
  durable_bytes = content.size();
  cut_off.clear();
  append_starts.clear();
}

namespace {

Error failure(std::string_view call, const std::string& path, ErrorCode code, std::string_view reason) {
  return Error{code, std::string(call) + " " + path + ": " + std::string(reason)};
}

std::string normal(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool is_root(const std::string& path) { return path == "/" || path == "."; }

const MemoryNode* find(const Names& names, const std::string& path) {
  const auto found = names.find(path);
  return found == names.end() ? nullptr : found->second.get();
}

bool is_directory(const Names& names, const std::string& path) {
  if (is_root(path)) return true;
  const MemoryNode* node = find(names, path);
  return node != nullptr && node->is_directory;
}

// The children of a directory stand behind "directory/", next to each other.
std::vector<Entry> children(const Names& names, const std::string& directory) {
  const std::string prefix = directory == "." ? "" : directory == "/" ? "/" : directory + "/";
  std::vector<Entry> entries;
  for (auto at = names.lower_bound(prefix); at != names.end() && at->first.starts_with(prefix); ++at) {
    const std::string name = at->first.substr(prefix.size());
    if (name.find('/') != std::string::npos) continue;
    entries.push_back({name, at->second->is_directory, at->second->content.size()});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

enum class Access { read, append };

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<MemoryDisk> disk, std::shared_ptr<MemoryNode> node, std::string path, Access access,
             std::uint64_t power_cuts)
      : disk_(std::move(disk)),
        node_(std::move(node)),
        path_(std::move(path)),
        access_(access),
        power_cuts_(power_cuts) {}

  Result<void> append(std::string_view bytes) override {
    const MutexLock lock(disk_->mutex);
    if (auto fine = check_writable("write"); !fine) return fine;
    const std::uint64_t free = disk_->total_bytes - std::min(disk_->total_bytes, disk_->used_bytes);
    const std::size_t fits = static_cast<std::size_t>(std::min<std::uint64_t>(free, bytes.size()));
    node_->append(bytes.substr(0, fits));
    if (node_->is_linked) disk_->used_bytes += fits;
    if (fits < bytes.size()) return failure("write", path_, ErrorCode::disk_full, "no space left");
    return {};
  }

  Result<void> sync() override {
    const MutexLock lock(disk_->mutex);
    if (auto fine = check_open("fdatasync"); !fine) return fine;
    node_->sync();
    return {};
  }

  Result<std::string> read_at(std::uint64_t offset, std::size_t length) const override {
    const MutexLock lock(disk_->mutex);
    if (auto fine = check_open("pread"); !fine) return fine.error();
    const std::size_t size = node_->content.size();
    if (offset > size || length > size - offset) {
      return failure("pread", path_, ErrorCode::corrupt_data,
                     std::to_string(length) + " bytes wanted at " + std::to_string(offset) + ", but the file ends at " +
                         std::to_string(size));
    }
    return node_->content.substr(static_cast<std::size_t>(offset), length);
  }

  Result<std::uint64_t> size() const override {
    const MutexLock lock(disk_->mutex);
    if (auto fine = check_open("fstat"); !fine) return fine.error();
    return std::uint64_t{node_->content.size()};
  }

  Result<void> truncate(std::uint64_t size) override {
    const MutexLock lock(disk_->mutex);
    if (auto fine = check_writable("ftruncate"); !fine) return fine;
    const std::size_t before = node_->content.size();
    node_->truncate(static_cast<std::size_t>(size));
    if (node_->is_linked) disk_->used_bytes += node_->content.size() - before;
    return {};
  }

 private:
  Result<void> check_open(std::string_view call) const REQUIRES(disk_->mutex) {
    if (disk_->power_cuts == power_cuts_) return {};
    return failure(call, path_, ErrorCode::io_failed, "opened before the power cut");
  }
  Result<void> check_writable(std::string_view call) const REQUIRES(disk_->mutex) {
    if (access_ == Access::read) return failure(call, path_, ErrorCode::io_failed, "opened for reading");
    return check_open(call);
  }

  std::shared_ptr<MemoryDisk> disk_;
  std::shared_ptr<MemoryNode> node_;
  std::string path_;
  Access access_;
  std::uint64_t power_cuts_;
};

class MemoryLock final : public Lock {
 public:
  MemoryLock(std::shared_ptr<MemoryDisk> disk, std::string path, std::uint64_t power_cuts)
      : disk_(std::move(disk)), path_(std::move(path)), power_cuts_(power_cuts) {}
  ~MemoryLock() override {
    const MutexLock lock(disk_->mutex);
    if (disk_->power_cuts == power_cuts_) disk_->locked.erase(path_);
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
  std::string path_;
  std::uint64_t power_cuts_;
};

Result<std::unique_ptr<File>> open_file(const std::shared_ptr<MemoryDisk>& disk, const std::string& path,
                                        Access access) {
  const MutexLock lock(disk->mutex);
  const auto found = disk->names.find(normal(path));
  if (found == disk->names.end()) return failure("open", path, ErrorCode::not_found, "no such file");
  if (found->second->is_directory) return failure("open", path, ErrorCode::io_failed, "is a directory");
  return std::unique_ptr<File>(std::make_unique<MemoryFile>(disk, found->second, path, access, disk->power_cuts));
}

void change_names(MemoryDisk& disk, NameChange change) REQUIRES(disk.mutex) {
  const std::string& replaced = change.to.empty() ? change.path : change.to;
  if (const auto old = disk.names.find(replaced); old != disk.names.end() && old->second != change.node) {
    old->second->is_linked = false;
    disk.used_bytes -= old->second->content.size();
  }
  apply_change(change, disk.names);
  disk.changes.push_back(std::move(change));
}

}  // namespace

MemoryFileSystem::MemoryFileSystem(std::uint64_t total_bytes) : disk_(std::make_shared<MemoryDisk>()) {
  const MutexLock lock(disk_->mutex);
  disk_->total_bytes = total_bytes;
}

Result<std::unique_ptr<File>> MemoryFileSystem::create(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  const std::string name = normal(path);
  if (is_root(name) || find(disk_->names, name) != nullptr) {
    return failure("create", path, ErrorCode::io_failed, "exists");
  }
  if (!is_directory(disk_->names, parent_of(name))) {
    return failure("create", path, ErrorCode::not_found, "no such directory");
  }
  auto node = std::make_shared<MemoryNode>();
  change_names(*disk_, {name, "", node});
  return std::unique_ptr<File>(
      std::make_unique<MemoryFile>(disk_, std::move(node), name, Access::append, disk_->power_cuts));
}

Result<std::unique_ptr<File>> MemoryFileSystem::open(const std::string& path) {
  return open_file(disk_, path, Access::append);
}

Result<std::unique_ptr<File>> MemoryFileSystem::open_read(const std::string& path) const {
  return open_file(disk_, path, Access::read);
}

Result<void> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const MutexLock lock(disk_->mutex);
  const auto found = disk_->names.find(normal(from));
  if (found == disk_->names.end()) return failure("rename", from, ErrorCode::not_found, "no such file");
  const auto node = found->second;
  if (node->is_directory) return failure("rename", from, ErrorCode::unsupported, "is a directory");
  if (is_directory(disk_->names, normal(to))) return failure("rename", to, ErrorCode::io_failed, "is a directory");
  if (!is_directory(disk_->names, parent_of(normal(to)))) {
    return failure("rename", to, ErrorCode::not_found, "no such directory");
  }
  if (normal(from) != normal(to)) change_names(*disk_, {normal(from), normal(to), node});
  return {};
}

Result<void> MemoryFileSystem::remove(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  const MemoryNode* node = find(disk_->names, normal(path));
  if (node == nullptr) return failure("remove", path, ErrorCode::not_found, "no such file");
  if (node->is_directory && !children(disk_->names, normal(path)).empty()) {
    return failure("remove", path, ErrorCode::io_failed, "directory not empty");
  }
  change_names(*disk_, {normal(path), "", nullptr});
  return {};
}

Result<void> MemoryFileSystem::make_dirs(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  const std::string name = normal(path);
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = name.find('/', end + 1);
    const std::string directory = name.substr(0, end);
    if (is_directory(disk_->names, directory)) continue;
    if (find(disk_->names, directory) != nullptr) {
      return failure("mkdir", directory, ErrorCode::io_failed, "is a file");
    }
    auto node = std::make_shared<MemoryNode>();
    node->is_directory = true;
    change_names(*disk_, {directory, "", std::move(node)});
  }
  return {};
}

Result<void> MemoryFileSystem::sync_dir(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  const std::string directory = normal(path);
  if (!is_directory(disk_->names, directory)) {
    return failure("fsync", path, ErrorCode::not_found, "no such directory");
  }
  std::vector<NameChange> left;
  for (NameChange& change : disk_->changes) {
    const bool is_here =
        parent_of(change.path) == directory || (!change.to.empty() && parent_of(change.to) == directory);
    if (is_here) {
      apply_change(change, disk_->durable_names);
    } else {
      left.push_back(std::move(change));
    }
  }
  disk_->changes = std::move(left);
  return {};
}

Result<std::vector<Entry>> MemoryFileSystem::list(const std::string& path) const {
  const MutexLock lock(disk_->mutex);
  if (!is_directory(disk_->names, normal(path))) {
    return failure("opendir", path, ErrorCode::not_found, "no such directory");
  }
  return children(disk_->names, normal(path));
}

Result<bool> MemoryFileSystem::exists(const std::string& path) const {
  const MutexLock lock(disk_->mutex);
  return is_root(normal(path)) || find(disk_->names, normal(path)) != nullptr;
}

Result<Space> MemoryFileSystem::space(const std::string&) const {
  const MutexLock lock(disk_->mutex);
  return Space{disk_->total_bytes, disk_->total_bytes - std::min(disk_->total_bytes, disk_->used_bytes)};
}

Result<std::unique_ptr<Lock>> MemoryFileSystem::lock(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  if (!disk_->locked.insert(normal(path)).second) {
    return Error{ErrorCode::unavailable, path + " is locked by this process"};
  }
  return std::unique_ptr<Lock>(std::make_unique<MemoryLock>(disk_, normal(path), disk_->power_cuts));
}

}  // namespace filo::io
