#include "io/faulty_file_system.h"

#include <gtest/gtest.h>

#include "io/memory_file_system.h"

namespace filo::io {
namespace {

class Faulty : public testing::Test {
 protected:
  MemoryFileSystem memory_;
  FaultyFileSystem files_{memory_, 7};
};

TEST_F(Faulty, FailsTheChosenCallOnceAndKeepsAPrefix) {
  auto file = files_.create("a");
  ASSERT_TRUE(file);
  files_.fail_call(Operation::append, 2, {ErrorCode::disk_full, 3});
  files_.fail_call(Operation::sync, 1);
  EXPECT_TRUE((*file)->append("one"));
  EXPECT_EQ((*file)->append("second").error().code, ErrorCode::disk_full);
  EXPECT_TRUE((*file)->append("!"));
  EXPECT_EQ((*file)->read_at(0, 7).value(), "onesec!");
  EXPECT_EQ((*file)->sync().error().code, ErrorCode::io_failed);
  EXPECT_TRUE((*file)->sync());
}

TEST_F(Faulty, FailsByPredicateAndByChance) {
  files_.fail_when([](Operation operation, const std::string& path) -> std::optional<Fault> {
    if (operation == Operation::rename && path == "a") return Fault{};
    return std::nullopt;
  });
  ASSERT_TRUE(files_.create("a") && files_.create("b"));
  EXPECT_FALSE(files_.rename("a", "c"));
  EXPECT_TRUE(files_.rename("b", "c"));
  files_.heal();
  EXPECT_TRUE(files_.rename("a", "d"));

  files_.fail_randomly(Operation::sync_dir, 0.5);
  int failed = 0;
  for (int i = 0; i < 1000; ++i) failed += files_.sync_dir(".") ? 0 : 1;
  EXPECT_GT(failed, 400);
  EXPECT_LT(failed, 600);
}

TEST_F(Faulty, AReadOnlyDiskReadsAndDoesNotWrite) {
  auto file = files_.create("a");
  ASSERT_TRUE(file && (*file)->append("x"));
  files_.set_access(Access::read_only);
  EXPECT_EQ((*file)->append("y").error().code, ErrorCode::io_failed);
  EXPECT_FALSE((*file)->sync());
  EXPECT_FALSE((*file)->truncate(0));
  EXPECT_FALSE(files_.create("b"));
  EXPECT_FALSE(files_.remove("a"));
  EXPECT_EQ((*file)->read_at(0, 1).value(), "x");
  EXPECT_TRUE(files_.open_read("a"));
  files_.set_access(Access::read_write);
  EXPECT_TRUE((*file)->append("y"));
}

TEST_F(Faulty, SpaceRunsOutAndComesBack) {
  auto file = files_.create("a");
  ASSERT_TRUE(file);
  files_.limit_free_bytes(10);
  EXPECT_TRUE((*file)->append("123456"));
  EXPECT_EQ(files_.space(".").value().free_bytes, 4U);
  EXPECT_EQ((*file)->append("123456").error().code, ErrorCode::disk_full);
  EXPECT_EQ((*file)->size().value(), 10U);
  EXPECT_TRUE((*file)->truncate(6));
  EXPECT_TRUE((*file)->append("1234"));
  EXPECT_TRUE(files_.remove("a"));
  EXPECT_EQ(files_.space(".").value().free_bytes, 10U);
}

}  // namespace
}  // namespace filo::io
