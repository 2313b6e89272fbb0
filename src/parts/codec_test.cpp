#include "parts/codec.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace filo::parts {
namespace {

std::vector<std::uint64_t> round_trip(const std::vector<std::uint64_t>& values) {
  ByteWriter out;
  encode_integers(values, out);
  Integers read;
  EXPECT_TRUE(read.decode(out.view(), values.size()));
  std::vector<std::uint64_t> back;
  for (std::size_t i = 0; i < read.size(); ++i) back.push_back(read[i]);
  return back;
}

TEST(Integers, EveryWidthAndSignComesBack) {
  Random random(1);
  for (int bits = 0; bits <= 64; ++bits) {
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 100; ++i) values.push_back(bits == 0 ? 42 : random.next() >> (64 - bits));
    EXPECT_EQ(round_trip(values), values) << bits;
    for (auto& value : values) value = ~value;
    EXPECT_EQ(round_trip(values), values) << bits;
  }
  EXPECT_EQ(round_trip({}), std::vector<std::uint64_t>{});
  const std::vector<std::uint64_t> ends = {static_cast<std::uint64_t>(INT64_MIN), static_cast<std::uint64_t>(INT64_MAX),
                                           0, UINT64_MAX};
  EXPECT_EQ(round_trip(ends), ends);
}

TEST(Integers, RoundNumbersTakeFewerBytes) {
  std::vector<std::uint64_t> fine;
  std::vector<std::uint64_t> round;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    fine.push_back(17 + i * 65'537);
    round.push_back(17 + i * 65'000'000);
  }
  EXPECT_EQ(round_trip(round), round);
  ByteWriter a;
  ByteWriter b;
  encode_integers(fine, a);
  encode_integers(round, b);
  EXPECT_LT(b.size(), a.size());
}

TEST(Integers, TruncatedOrLongerPayloadsAreRefused) {
  ByteWriter out;
  encode_integers(std::vector<std::uint64_t>{1, 500, 70'000}, out);
  for (std::size_t length = 0; length < out.size(); ++length) {
    Integers read;
    EXPECT_FALSE(read.decode(out.view().substr(0, length), 3)) << length;
  }
  Integers read;
  EXPECT_FALSE(read.decode(std::string(out.view()) + "x", 3));
  EXPECT_FALSE(read.decode(out.view(), 2));
  EXPECT_FALSE(read.decode(out.view(), 4));
}

TEST(Strings, ComeBackWithEmptyOnesAndAreBounded) {
  const std::vector<std::string_view> values = {"a", "", "longer text", std::string_view("\0\xff", 2)};
  ByteWriter out;
  encode_strings(values, out);
  Strings read;
  ASSERT_TRUE(read.decode(std::string(out.view()), values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(read[i], values[i]);
  for (std::size_t length = 0; length < out.size(); ++length) {
    Strings cut;
    EXPECT_FALSE(cut.decode(std::string(out.view().substr(0, length)), values.size())) << length;
  }
  Strings few;
  EXPECT_FALSE(few.decode_some(std::string(out.view()), 3));
}

TEST(Values, DeepNestingIsRefusedNotFollowed) {
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) bytes += std::string("\x06\x01", 2);  // an array of one array of …
  Arena arena;
  ByteReader in(bytes);
  static_cast<void>(decode_value(in, arena));
  EXPECT_FALSE(in.ok());
}

TEST(Values, CountsBeyondTheBytesAreRefused) {
  ByteWriter out;
  out.fixed(static_cast<std::uint8_t>(ValueType::array));
  out.varint(1U << 30);
  Arena arena;
  ByteReader in(out.view());
  static_cast<void>(decode_value(in, arena));
  EXPECT_FALSE(in.ok());
  EXPECT_LT(arena.bytes(), 1U << 20);
}

}  // namespace
}  // namespace filo::parts
