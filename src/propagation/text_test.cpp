#include "propagation/text.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace filo::propagation {
namespace {

bool same_name_slowly(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Every length, so every width of word, with every byte against every other at one place.
TEST(Names, CompareWithoutCaseAndWithNothingElse) {
  Random random(7);
  for (const std::size_t size : {1U, 3U, 4U, 5U, 7U, 8U, 9U, 16U, 19U}) {
    std::string name;
    for (std::size_t i = 0; i < size; ++i) name.push_back(static_cast<char>('A' + random.below(58)));
    const std::size_t at = random.below(size);
    for (int a = 0; a < 256; ++a) {
      for (int b = 0; b < 256; ++b) {
        std::string one = name;
        std::string other = name;
        one[at] = static_cast<char>(a);
        other[at] = static_cast<char>(b);
        ASSERT_EQ(is_name(one, other), same_name_slowly(one, other)) << size << " " << a << " " << b;
      }
    }
  }
  EXPECT_TRUE(starts_with_name("UberCtx-User", "uberctx-"));
  EXPECT_FALSE(starts_with_name("uberctx", "uberctx-"));
  EXPECT_FALSE(is_name("b33", "b3"));
}

TEST(Hex, IsWrittenAndReadAsNumbersAre) {
  Random random(8);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t value = random.next() >> random.below(64);
    char text[16];
    write_hex(text, value);
    const std::string_view digits(text, sizeof(text));
    EXPECT_EQ(digits, to_hex(value));
    std::uint64_t read = 0;
    ASSERT_TRUE(parse_hex(digits, HexCase::lower, read));
    EXPECT_EQ(read, value);
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    ASSERT_TRUE(parse_hex(digits.substr(zeros), HexCase::any, read));
    EXPECT_EQ(read, value);
  }
}

TEST(Hex, TakesNoOtherCharacters) {
  for (std::size_t size : {1U, 7U, 15U, 16U}) {
    for (int c = 0; c < 256; ++c) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, '3');
        text[at] = static_cast<char>(c);
        const bool lower_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        std::uint64_t value = 0;
        ASSERT_EQ(parse_hex(text, HexCase::lower, value), lower_digit) << size << " " << c;
        ASSERT_EQ(parse_hex(text, HexCase::any, value), lower_digit || (c >= 'A' && c <= 'F')) << size << " " << c;
      }
    }
  }
  std::uint64_t value = 0;
  EXPECT_TRUE(parse_hex("00000000000000fF", HexCase::any, value));
  EXPECT_EQ(value, 255U);
  EXPECT_FALSE(parse_hex("", HexCase::any, value));
  EXPECT_FALSE(parse_hex(std::string(17, '0'), HexCase::any, value));
}

TEST(Letters, AreSetsThatHoldForTheWholeText) {
  EXPECT_TRUE(are_all("", Letters::token));
  EXPECT_TRUE(are_all("x!#$%&'*+-.^_`|~", Letters::token));
  for (const char* text : {"a b", "a=b", "a,b", "a\xc3\xa9", "a\"", "(a)"}) EXPECT_FALSE(are_all(text, Letters::token));
  EXPECT_TRUE(are_all("!#%/:[]{}~=", Letters::baggage_octet));
  for (const char* text : {" ", "\"", ",", ";", "\\", "\x7f"}) EXPECT_FALSE(are_all(text, Letters::baggage_octet));
  EXPECT_FALSE(are_all(std::string(1, '\0'), Letters::value));
  EXPECT_TRUE(is_safe_value("\t 用户"));
  EXPECT_TRUE(is_safe_name("用户"));
  for (const char* text : {"", "a b", "a:", "a\n"}) EXPECT_FALSE(is_safe_name(text));
}

}  // namespace
}  // namespace filo::propagation
