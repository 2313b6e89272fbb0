// Where this source tree is, for tests that read files of it. Not __FILE__: compiler caches make that relative.
#pragma once

#include <filesystem>

namespace filo::test {

std::filesystem::path source_tree();

// The shared vectors beside the tree: bytes that real clients sent. They may be absent.
inline std::filesystem::path vectors() { return source_tree().parent_path() / "shared/vectors"; }

}  // namespace filo::test
