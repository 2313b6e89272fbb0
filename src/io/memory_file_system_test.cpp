// What a power cut may and may not do to a MemoryFileSystem.
#include "io/memory_file_system.h"

#include <gtest/gtest.h>

#include <set>

namespace filo::io {
namespace {

std::string content(const MemoryFileSystem& files, const std::string& path) {
  const auto file = files.open_read(path);
  if (!file) return "(gone)";
  return file.value()->read_at(0, static_cast<std::size_t>(file.value()->size().value())).value();
}

TEST(PowerCut, KeepsWhatWasSyncedWhateverComesAfter) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    MemoryFileSystem files;
    Random random(seed);
    auto file = files.create("a");
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append("durable"));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE(files.sync_dir("."));
    ASSERT_TRUE((*file)->append(std::string(2000, 'x')));
    files.power_cut(random);
    EXPECT_TRUE(content(files, "a").starts_with("durable"));
    EXPECT_FALSE((*file)->append("late")) << "opened before the cut";
    EXPECT_FALSE((*file)->size());
  }
}

TEST(PowerCut, LosesKeepsAndTearsTheRest) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    MemoryFileSystem files;
    Random random(seed);
    auto file = files.create("a");
    ASSERT_TRUE(file && (*file)->append("durable") && (*file)->sync() && files.sync_dir("."));
    ASSERT_TRUE((*file)->append("12") && (*file)->append("34"));
    files.power_cut(random);
    outcomes.insert(content(files, "a").substr(7));
  }
  EXPECT_TRUE(outcomes.contains(""));
  EXPECT_TRUE(outcomes.contains("1"));
  EXPECT_TRUE(outcomes.contains("12"));
  EXPECT_TRUE(outcomes.contains("123"));
  EXPECT_TRUE(outcomes.contains("1234"));
  EXPECT_TRUE(
      outcomes.contains(std::string("\0\0"
                                    "34",
                                    4)))
      << "the second append alone";
  EXPECT_GT(outcomes.size(), 10U) << "garbage too";
}

TEST(PowerCut, NamesNeedTheirDirectorySynced) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    MemoryFileSystem files;
    Random random(seed);
    ASSERT_TRUE(files.make_dirs("d") && files.sync_dir("."));
    for (const char* name : {"d/kept", "d/removed", "d/old"}) {
      auto file = files.create(name);
      ASSERT_TRUE(file && (*file)->append(name) && (*file)->sync());
    }
    ASSERT_TRUE(files.sync_dir("d"));
    ASSERT_TRUE(files.create("d/new"));
    ASSERT_TRUE(files.remove("d/removed"));
    ASSERT_TRUE(files.rename("d/old", "d/renamed"));
    files.power_cut(random);
    std::string names;
    const auto entries = files.list("d").value();
    for (const auto& entry : entries) names += entry.name + " ";
    outcomes.insert(names);
    const std::string renamed = files.exists("d/old").value() ? "d/old" : "d/renamed";
    EXPECT_EQ(content(files, renamed), "d/old") << "a rename is atomic";
    EXPECT_NE(files.exists("d/old").value(), files.exists("d/renamed").value());
    EXPECT_EQ(content(files, "d/kept"), "d/kept");
  }
  EXPECT_EQ(outcomes.size(), 8U) << "each of the three changes is kept or lost";
}

TEST(PowerCut, ATruncationIsLostUnlessSynced) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    MemoryFileSystem files;
    Random random(seed);
    auto file = files.create("a");
    ASSERT_TRUE(file && (*file)->append("abcdef") && (*file)->sync() && files.sync_dir("."));
    ASSERT_TRUE((*file)->truncate(4) && (*file)->truncate(2) && (*file)->append("X"));
    files.power_cut(random);
    outcomes.insert(content(files, "a"));
  }
  EXPECT_TRUE(outcomes.contains("abcdef") && outcomes.contains("abXdef"));
  EXPECT_TRUE(outcomes.contains("ab") && outcomes.contains("abX"));
}

TEST(PowerCut, FreesLocksAndCountsSpaceAgain) {
  MemoryFileSystem files(100);
  Random random(1);
  const auto lock = files.lock("lock");
  auto file = files.create("a");
  ASSERT_TRUE(lock && file);
  const auto full = (*file)->append(std::string(150, 'x'));
  EXPECT_EQ(full.error().code, ErrorCode::disk_full);
  EXPECT_EQ((*file)->size().value(), 100U) << "a part was written";
  EXPECT_EQ(files.space(".").value().free_bytes, 0U);
  EXPECT_TRUE(files.remove("a"));
  EXPECT_EQ(files.space(".").value().free_bytes, 100U);
  files.power_cut(random);
  EXPECT_TRUE(files.lock("lock"));
  EXPECT_EQ(files.space(".").value().free_bytes, 100U);
}

}  // namespace
}  // namespace filo::io
