// What MemoryFileSystem, its files and its locks share. Internal to src/io.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "concurrency/thread_annotations.h"

namespace filo::io {

// A file's content now, and what a power cut may make of it. Durable are the first `durable_bytes` of `content`, and
// after them `cut_off`: what was durable before a truncation that is not.
struct MemoryNode {
  bool is_directory = false;
  bool is_linked = true;
  std::string content;
  std::size_t durable_bytes = 0;
  std::string cut_off;
  std::vector<std::size_t> append_starts;  // of the appends behind `durable_bytes`, ascending

  void append(std::string_view bytes);
  void truncate(std::size_t size);
  void sync();
  // Draws one of the contents a power cut may leave, and makes it the durable one.
  void power_cut(Random& random);
};

// A change of names that is not durable yet. `to` is empty unless it is a rename; `node` is empty if it is a removal.
struct NameChange {
  std::string path;
  std::string to;
  std::shared_ptr<MemoryNode> node;
};

using Names = std::map<std::string, std::shared_ptr<MemoryNode>>;  // full path, without a slash at the end

struct MemoryDisk {
  mutable Mutex mutex;
  Names names GUARDED_BY(mutex);
  Names durable_names GUARDED_BY(mutex);
  std::vector<NameChange> changes GUARDED_BY(mutex);
  std::set<std::string> locked GUARDED_BY(mutex);
  std::uint64_t total_bytes GUARDED_BY(mutex) = 0;
  std::uint64_t used_bytes GUARDED_BY(mutex) = 0;
  std::uint64_t power_cuts GUARDED_BY(mutex) = 0;
};

void apply_change(const NameChange& change, Names& names);

}  // namespace filo::io
