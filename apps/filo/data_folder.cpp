#include "data_folder.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>

namespace filo::app {
namespace {

constexpr std::string_view format_prefix = "filo data ";

// The version in DIR/format; 0 when there is none yet.
Result<int> stored_version(const io::FileSystem& files, const std::string& dir) {
  const std::string path = dir + "/format";
  const auto exists = files.exists(path);
  if (!exists) return exists.error();
  if (!*exists) return 0;
  auto file = files.open_read(path);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > 64) return Error{ErrorCode::corrupt_data, path + ": is not Filo's; is this another program's folder?"};
  const auto text = (*file)->read_at(0, static_cast<std::size_t>(*size));
  if (!text) return text.error();
  int version = 0;
  const std::string_view number = std::string_view(*text).substr(std::min(text->size(), format_prefix.size()));
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), version);
  if (!text->starts_with(format_prefix) || parsed.ec != std::errc() || version < 1) {
    return Error{ErrorCode::corrupt_data, path + ": is not Filo's; is this another program's folder?"};
  }
  return version;
}

}  // namespace

std::vector<std::string> data_folder_problems(const io::FileSystem& files, const std::string& dir) {
  std::error_code ignored;
  std::filesystem::path existing = std::filesystem::absolute(dir, ignored);
  while (!std::filesystem::exists(existing, ignored) && existing.has_parent_path() &&
         existing != existing.root_path()) {
    existing = existing.parent_path();
  }
  if (!std::filesystem::is_directory(existing, ignored)) {
    return {"data folder " + dir + ": " + existing.string() + " is not a folder; choose another with --data"};
  }
  if (access(existing.c_str(), W_OK | X_OK) != 0) {
    return {"data folder " + dir + ": no permission to write in " + existing.string() + "; choose another with --data"};
  }
  const auto version = stored_version(files, dir);
  if (!version) return {"data folder " + dir + ": " + version.error().message};
  if (*version > data_format_version) {
    return {"data folder " + dir + ": has format " + std::to_string(*version) + ", this Filo knows up to " +
            std::to_string(data_format_version) + "; run the newer Filo that wrote it"};
  }
  return {};
}

Result<std::unique_ptr<io::Lock>> open_data_folder(io::FileSystem& files, const std::string& dir) {
  if (auto made = files.make_dirs(dir); !made) return made.error();
  auto lock = files.lock(dir + "/lock");
  if (!lock) return lock.error().with_prefix("data folder " + dir);
  const auto version = stored_version(files, dir);
  if (!version) return version.error();
  if (*version == 0) {
    const std::string unfinished = dir + "/format.tmp";
    if (const auto left_over = files.exists(unfinished); left_over && *left_over) {
      if (auto removed = files.remove(unfinished); !removed) return removed.error();
    }
    auto file = files.create(unfinished);
    if (!file) return file.error();
    const std::string text = std::string(format_prefix) + std::to_string(data_format_version) + "\n";
    if (auto written = (*file)->append(text); !written) return written.error();
    if (auto synced = (*file)->sync(); !synced) return synced.error();
    if (auto renamed = files.rename(unfinished, dir + "/format"); !renamed) return renamed.error();
    if (auto synced = files.sync_dir(dir); !synced) return synced.error();
  }
  return lock;
}

}  // namespace filo::app
