// Golden files: what an answer was when somebody last looked at it and found it right. test/golden/<name>.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "test/support/source_tree.h"

namespace filo::test {

inline std::filesystem::path golden_path(std::string_view name) { return source_tree() / "test/golden" / name; }

// On a difference the new text is put beside the golden file (<name>.new) for people to compare and move.
inline void expect_golden(std::string_view name, const std::string& text) {
  const auto path = golden_path(name);
  std::ifstream file(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (golden == text) return;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path.string() + ".new", std::ios::binary) << text;
  ADD_FAILURE() << name << " differs; see " << path.string() << ".new";
}

}  // namespace filo::test
