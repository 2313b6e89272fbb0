#include "backends/embedded/part_name.h"

#include <gtest/gtest.h>

namespace filo::backends {
namespace {

TEST(PartName, HoursAreDirectoriesAndBack) {
  for (const Hour hour : {0LL, 1LL, 23LL, 24LL, 472'222LL, 490'000LL}) {
    const std::string directory = directory_of(hour);
    ASSERT_EQ(directory.size(), 11U) << directory;
    EXPECT_EQ(parse_directory(directory.substr(0, 8), directory.substr(9)), std::optional<Hour>(hour)) << directory;
  }
  EXPECT_EQ(directory_of(hour_of(Timestamp{1'700'000'000'000'000'000})), "20231114/22");
  EXPECT_EQ(hour_of(Timestamp{-1}), -1);
  EXPECT_EQ(directory_of(-1), "19691231/23");
}

TEST(PartName, WhatDoesNotParseIsNotOurs) {
  EXPECT_EQ(name_of_part(42), "000000000000002a.part");
  EXPECT_EQ(parse_part_name("000000000000002a.part")->number, 42U);
  EXPECT_EQ(parse_part_name("000000000000002a.part.tmp")->state, PartState::temporary);
  EXPECT_EQ(parse_part_name("000000000000002a.part.bad")->state, PartState::bad);
  for (const auto* name : {"", "x", "2a.part", "000000000000002A.part", "000000000000002a.parts", "notes.tmp",
                           "000000000000002a.part.tmp.bad", "00000000000000zz.part"}) {
    EXPECT_FALSE(parse_part_name(name)) << name;
  }
  EXPECT_FALSE(parse_directory("20230230", "00"));
  EXPECT_FALSE(parse_directory("20230228", "24"));
  EXPECT_FALSE(parse_directory("2023022", "10"));
  EXPECT_FALSE(parse_directory("journal1", "10"));
}

}  // namespace
}  // namespace filo::backends
