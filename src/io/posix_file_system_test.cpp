#include "io/posix_file_system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "test/support/temporary_directory.h"

namespace filo::io {
namespace {

TEST(PosixFileSystem, AFullDeviceIsDiskFull) {
  PosixFileSystem files;
  auto file = files.open("/dev/full");
  if (!file) GTEST_SKIP() << file.error().message;
  const auto written = (*file)->append("x");
  EXPECT_EQ(written.error().code, ErrorCode::disk_full);
  EXPECT_NE(written.error().message.find("write /dev/full"), std::string::npos) << written.error().message;
}

TEST(PosixFileSystem, ALockNamesItsHolder) {
  const test::TemporaryDirectory dir;
  PosixFileSystem files;
  const auto held = files.lock(dir.path() + "/lock");
  ASSERT_TRUE(held);
  const auto refused = files.lock(dir.path() + "/lock");
  EXPECT_NE(refused.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace filo::io
