// What every FileSystem promises, over each of them.
#include <gtest/gtest.h>

#include "io/directories.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "io/posix_file_system.h"
#include "test/support/temporary_directory.h"

namespace filo::io {
namespace {

class FileSystemContract : public testing::TestWithParam<std::string> {
 protected:
  FileSystemContract() : faultless_(memory_) {
    if (GetParam() == "posix") files_ = &posix_;
    if (GetParam() == "memory") files_ = &memory_;
    if (GetParam() == "faultless") files_ = &faultless_;
    EXPECT_TRUE(files_->make_dirs(dir_));
  }
  std::string path(const std::string& name) const { return dir_ + "/" + name; }
  void write(const std::string& name, std::string_view bytes) {
    auto file = files_->create(path(name));
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->append(bytes));
  }
  std::string read(const std::string& name) const {
    const auto file = files_->open_read(path(name));
    if (!file) return "(" + std::string(name_of(file.error().code)) + ")";
    return (*file.value()).read_at(0, static_cast<std::size_t>(file.value()->size().value())).value();
  }

  test::TemporaryDirectory temporary_;
  std::string dir_ = temporary_.path() + "/work";
  PosixFileSystem posix_;
  MemoryFileSystem memory_;
  FaultyFileSystem faultless_;
  FileSystem* files_ = nullptr;
};

TEST_P(FileSystemContract, AppendsAndReadsBack) {
  auto file = files_->create(path("a"));
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->append("hello "));
  EXPECT_TRUE((*file)->append(""));
  EXPECT_TRUE((*file)->append("world"));
  EXPECT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->size().value(), 11U);
  EXPECT_EQ((*file)->read_at(6, 5).value(), "world");
  EXPECT_EQ((*file)->read_at(11, 0).value(), "");
  EXPECT_EQ((*file)->read_at(7, 5).error().code, ErrorCode::corrupt_data);
  EXPECT_EQ((*file)->read_at(~std::uint64_t{0}, 5).error().code, ErrorCode::corrupt_data);
  EXPECT_EQ((*file)->read_at(0, std::size_t{1} << 40).error().code, ErrorCode::corrupt_data);
}

TEST_P(FileSystemContract, OpensForAppendingAtTheEnd) {
  write("a", "one");
  auto file = files_->open(path("a"));
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->append("two"));
  EXPECT_EQ(read("a"), "onetwo");
  EXPECT_TRUE((*file)->truncate(4));
  EXPECT_TRUE((*file)->append("!"));
  EXPECT_EQ(read("a"), "onet!");
  EXPECT_TRUE((*file)->truncate(7));
  EXPECT_EQ(read("a"), std::string("onet!\0\0", 7));
}

TEST_P(FileSystemContract, RefusesWhatIsThereOrIsNot) {
  write("a", "");
  EXPECT_EQ(files_->create(path("a")).error().code, ErrorCode::io_failed);
  EXPECT_EQ(files_->create(path("no/a")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->open(path("b")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->open_read(path("b")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->open_read(dir_).error().code, ErrorCode::io_failed);
  EXPECT_EQ(files_->remove(path("b")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->rename(path("b"), path("c")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->list(path("b")).error().code, ErrorCode::not_found);
  EXPECT_EQ(files_->sync_dir(path("b")).error().code, ErrorCode::not_found);
  EXPECT_NE(files_->open(path("b")).error().message.find(path("b")), std::string::npos);
  EXPECT_FALSE(files_->make_dirs(path("a/b")));
}

TEST_P(FileSystemContract, AFileOpenForReadingCannotBeWritten) {
  write("a", "x");
  auto file = files_->open_read(path("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->append("y").error().code, ErrorCode::io_failed);
  EXPECT_EQ(read("a"), "x");
}

TEST_P(FileSystemContract, RenameReplacesAndRemoveRemoves) {
  write("a", "new");
  write("b", "old");
  EXPECT_TRUE(files_->rename(path("a"), path("b")));
  EXPECT_EQ(read("b"), "new");
  EXPECT_FALSE(files_->exists(path("a")).value());
  const auto open = files_->open_read(path("b"));
  EXPECT_TRUE(files_->remove(path("b")));
  EXPECT_FALSE(files_->exists(path("b")).value());
  EXPECT_EQ(open.value()->read_at(0, 3).value(), "new") << "an open file outlives its name";
}

TEST_P(FileSystemContract, ListsWhatADirectoryHoldsSortedByName) {
  EXPECT_TRUE(files_->make_dirs(path("x/y/z")));
  EXPECT_TRUE(files_->make_dirs(path("x/y/z")));
  write("x/b", "12");
  write("x/a", "1");
  write("x.y", "");
  const auto entries = files_->list(path("x")).value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_EQ(entries[1].name, "b");
  EXPECT_EQ(entries[1].bytes, 2U);
  EXPECT_EQ(entries[2].name, "y");
  EXPECT_TRUE(entries[2].is_directory);
  EXPECT_FALSE(files_->remove(path("x/y"))) << "not empty";
  EXPECT_TRUE(files_->remove(path("x/y/z")));
  EXPECT_TRUE(files_->remove(path("x/y")));
  EXPECT_EQ(files_->list(path("x")).value().size(), 2U);
  EXPECT_TRUE(files_->sync_dir(path("x")));
}

TEST_P(FileSystemContract, ALockIsExclusiveUntilItIsDropped) {
  auto first = files_->lock(path("lock"));
  ASSERT_TRUE(first);
  const auto second = files_->lock(path("lock"));
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_NE(second.error().message.find("process"), std::string::npos);
  first.value().reset();
  EXPECT_TRUE(files_->lock(path("lock")));
}

TEST_P(FileSystemContract, TellsTheSpace) {
  const auto space = files_->space(dir_).value();
  EXPECT_GT(space.total_bytes, 0U);
  EXPECT_LE(space.free_bytes, space.total_bytes);
}

TEST_P(FileSystemContract, MakesDirectoriesDurably) {
  EXPECT_TRUE(make_dirs_durable(*files_, path("p/q/r")));
  EXPECT_TRUE(make_dirs_durable(*files_, path("p/q/r")));
  EXPECT_TRUE(files_->exists(path("p/q/r")).value());
  write("f", "");
  EXPECT_FALSE(make_dirs_durable(*files_, path("f/q")));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FileSystemContract, testing::Values("posix", "memory", "faultless"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace filo::io
