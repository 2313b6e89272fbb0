// DataFolder: the folder that holds everything Filo keeps, its format version, and the lock that keeps a second process
// out.
//
//   DIR/format    "filo data 1"          DIR/lock     held while a process runs
//   DIR/journal/  the write-ahead log    DIR/parts/   the store
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/file_system.h"

namespace filo::app {

inline constexpr int data_format_version = 1;

// What stands in the way of using the folder, without touching anything: not a folder, not writable, a newer format.
std::vector<std::string> data_folder_problems(const io::FileSystem& files, const std::string& dir);

// Makes the folder if need be, writes its format, takes its lock. The lock lives as long as the returned object.
Result<std::unique_ptr<io::Lock>> open_data_folder(io::FileSystem& files, const std::string& dir);

}  // namespace filo::app
