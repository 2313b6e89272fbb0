// Small things about directories that every user of a FileSystem needs the same way.
#pragma once

#include "io/file_system.h"

namespace filo::io {

// "a/b" for "a/b/c", "/" for "/a", "." for "a".
std::string parent_of(const std::string& path);

// Makes a directory and its missing parents so that they survive a power cut: the names are synced into their parents.
Result<void> make_dirs_durable(FileSystem& files, const std::string& path);

}  // namespace filo::io
