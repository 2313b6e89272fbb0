#include "io/directories.h"

namespace filo::io {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> make_dirs_durable(FileSystem& files, const std::string& path) {
  // The nearest parent is synced even when nothing is missing: whoever made the directory may have died before its
  // sync.
  std::vector<std::string> parents_to_sync;
  for (std::string at = path; at != "." && at != "/"; at = parent_of(at)) {
    parents_to_sync.push_back(parent_of(at));
    const auto there = files.exists(at);
    if (!there) return there.error();
    if (*there) break;
  }
  if (auto made = files.make_dirs(path); !made) return made;
  for (const std::string& parent : parents_to_sync) {
    if (auto synced = files.sync_dir(parent); !synced) return synced;
  }
  return {};
}

}  // namespace filo::io
