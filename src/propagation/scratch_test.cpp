#include "propagation/scratch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace filo::propagation {
namespace {

TEST(Scratch, Base64AndPercentGiveBackEveryByte) {
  char memory[4096];
  Random random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random.next()));
    Scratch scratch(memory);
    ScratchText base64(scratch);
    const std::string_view text = base64.add_base64(bytes).keep();
    EXPECT_EQ(base64_decoded(text, scratch), bytes);
    for (const Letters plain : {Letters::unreserved, Letters::baggage_octet}) {
      ScratchText percent(scratch);
      EXPECT_EQ(percent_decoded(percent.add_percent(bytes, plain).keep(), Plus::itself, scratch), bytes);
    }
    ScratchText escaped(scratch);
    EXPECT_EQ(percent_decoded(escaped.add_escaped(bytes).keep(), Plus::itself, scratch), bytes);
  }
}

TEST(Scratch, RefusesWhatDoesNotFit) {
  char memory[8];
  Scratch scratch(memory);
  EXPECT_EQ(base64_decoded("YWJjZGVmZ2hp", scratch), std::nullopt);
  EXPECT_EQ(percent_decoded("%41%41%41%41%41%41%41%41%41", Plus::itself, scratch), std::nullopt);
  EXPECT_EQ(well_formed_utf8("\xff\xff\xff", scratch), std::nullopt);
  EXPECT_EQ(scratch.left(), 8U) << "what fails takes nothing";
  EXPECT_EQ(percent_decoded("%41%41%41%41%41%41%41%41", Plus::itself, scratch), "AAAAAAAA");
  EXPECT_EQ(scratch.left(), 0U);
  EXPECT_EQ(percent_decoded("plain", Plus::itself, scratch), "plain");
  EXPECT_FALSE(ScratchText(scratch).add('x').ok());
}

TEST(Scratch, MendsUtf8) {
  char memory[256];
  const std::pair<std::string, std::string> cases[] = {
      {"plain", "plain"},
      {"é€😀", "é€😀"},
      {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"a\xe6\x9d", "a\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (const auto& [in, out] : cases) {
    Scratch scratch(memory);
    EXPECT_EQ(well_formed_utf8(in, scratch), out);
  }
}

}  // namespace
}  // namespace filo::propagation
