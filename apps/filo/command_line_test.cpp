#include "command_line.h"

#include <gtest/gtest.h>

namespace filo::app {
namespace {

constexpr Timestamp now{1'700'000'000'000'000'000};

std::int64_t read(std::string_view text) {
  const auto time = read_time("--from", text, now);
  return time ? time->unix_ns : -1;
}

TEST(CommandLine, ReadsTimesAsPeopleWriteThem) {
  EXPECT_EQ(read("1h"), now.unix_ns - 3'600'000'000'000);
  EXPECT_EQ(read("1700000000000000001"), 1'700'000'000'000'000'001);
  EXPECT_EQ(read("2023-11-14T22:13:20Z"), now.unix_ns);
  EXPECT_EQ(read("2023-11-14 22:13:20"), now.unix_ns);
  EXPECT_EQ(read("2023-11-15T06:13:20+08:00"), now.unix_ns);
  EXPECT_EQ(read("2023-11-14T17:13:20.25-0500"), now.unix_ns + 250'000'000);
  EXPECT_EQ(read("2023-11-14"), 1'699'920'000'000'000'000);
  EXPECT_EQ(read("2023-11-14T22:13"), 1'700'000'000'000'000'000 - 20'000'000'000);
}

TEST(CommandLine, RefusesWhatIsNotATime) {
  for (const auto* text : {"", "yesterday", "2023-13-01", "2023-02-30", "2023-11-14T", "2023-11-14T22:13:20X",
                           "2023-11-14T22:13:20Z ", "17x", "2023-11-14T99:00"}) {
    EXPECT_EQ(read(text), -1) << text;
  }
  const auto bad = read_time("--from", "soon", now);
  EXPECT_NE(bad.error().message.find("--from"), std::string::npos);
}

TEST(CommandLine, ReadsDurations) {
  EXPECT_EQ(*read_duration("--duration", "1m30s"), std::chrono::seconds(90));
  EXPECT_FALSE(read_duration("--duration", "30"));
  EXPECT_FALSE(read_duration("--duration", ""));
}

}  // namespace
}  // namespace filo::app
