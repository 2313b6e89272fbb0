#include <algorithm>

#include "io/directories.h"
#include "io/memory_disk.h"
#include "io/memory_file_system.h"

namespace filo::io {
namespace {

constexpr std::size_t sector_bytes = 512;

void write_at(std::string& content, std::size_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  content.replace(offset, bytes.size(), bytes);
}

std::string garbage(std::size_t size, Random& random) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

void write_some_sectors(std::string& content, std::size_t offset, std::string_view bytes, Random& random) {
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), sector_bytes - offset % sector_bytes);
    switch (random.below(4)) {
      case 0:
        write_at(content, offset, bytes.substr(0, piece));
        break;
      case 1:
        write_at(content, offset, std::string(piece, '\0'));
        break;
      case 2:
        write_at(content, offset, garbage(piece, random));
        break;
      default:
        break;
    }
    bytes.remove_prefix(piece);
    offset += piece;
  }
}

void write_what_survives(std::string& content, std::size_t offset, std::string_view bytes, Random& random) {
  switch (random.below(4)) {
    case 0:
      return write_at(content, offset, bytes);
    case 1:
      return write_at(content, offset, bytes.substr(0, random.below(bytes.size() + 1)));
    case 2:
      return write_some_sectors(content, offset, bytes, random);
    default:
      return;
  }
}

}  // namespace

void MemoryNode::power_cut(Random& random) {
  std::string left = content.substr(0, durable_bytes);
  if (random.chance(0.5)) left += cut_off;
  for (std::size_t i = 0; i < append_starts.size(); ++i) {
    const std::size_t start = append_starts[i];
    const std::size_t end = i + 1 < append_starts.size() ? append_starts[i + 1] : content.size();
    write_what_survives(left, start, std::string_view(content).substr(start, end - start), random);
  }
  content = std::move(left);
  sync();
}

void MemoryFileSystem::power_cut(Random& random) {
  const MutexLock lock(disk_->mutex);
  for (const NameChange& change : disk_->changes) {
    if (random.chance(0.5)) apply_change(change, disk_->durable_names);
  }
  disk_->changes.clear();
  disk_->used_bytes = 0;
  Names left;
  for (const auto& [path, node] : disk_->durable_names) {
    const std::string parent = parent_of(path);
    if (parent != "/" && parent != "." && !left.contains(parent)) continue;
    node->power_cut(random);
    node->is_linked = true;
    disk_->used_bytes += node->content.size();
    left.emplace(path, node);
  }
  disk_->durable_names = left;
  disk_->names = std::move(left);
  disk_->locked.clear();
  ++disk_->power_cuts;
}

}  // namespace filo::io
