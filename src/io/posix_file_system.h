// PosixFileSystem: the operating system's files. Stateless and thread-safe; owned by the app.
//
// Errors name the call and the path: disk_full for ENOSPC and EDQUOT, not_found for ENOENT, io_failed for the rest.
#pragma once

#include "io/file_system.h"

namespace filo::io {

class PosixFileSystem final : public FileSystem {
 public:
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
  // `path` names a file, which is made if need be and stays behind; it holds our process id for people to read.
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override;
};

}  // namespace filo::io
