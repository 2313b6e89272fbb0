#include <gtest/gtest.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/crc32c.h"
#include "base/hash.h"
#include "base/hex.h"
#include "base/manual_clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/unique_function.h"

namespace filo {
namespace {

Result<int> half(int x) {
  if (x % 2 != 0) return Error{ErrorCode::invalid_argument, "odd"};
  return x / 2;
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(half(8).value(), 4);
  EXPECT_EQ(half(3).error().with_prefix("input").message, "input: odd");
  EXPECT_TRUE(Result<void>().has_value());
}

TEST(ResultDeathTest, ReadingTheWrongHalfIsAProgrammersError) { EXPECT_DEATH((void)half(3).value(), "CHECK"); }

TEST(Crc32c, MatchesThePublishedVector) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c("6789", crc32c("12345")), 0xe3069283U);
}

TEST(Hash, IsXxh3) { EXPECT_EQ(hash64(""), 0x2d06800538d394c2U); }

TEST(Hex, ReadsShortAndRefusesForeign) {
  EXPECT_EQ(parse_hex64("9aA"), 0x9aaU);
  EXPECT_FALSE(parse_hex64("").has_value());
  EXPECT_FALSE(parse_hex64("0x1").has_value());
  EXPECT_FALSE(parse_hex64("11112222333344445").has_value());
  EXPECT_EQ(to_hex(0x9aaU), "00000000000009aa");
  EXPECT_EQ(bytes_from_hex(to_hex("\x00\xff z")), "\x00\xff z");
}

TEST(Bytes, NumbersSurviveTheRoundTrip) {
  ByteWriter writer;
  const std::uint64_t values[] = {0, 1, 127, 128, 300, 1ULL << 35, ~0ULL};
  for (const auto v : values) writer.varint(v);
  const std::int64_t signed_values[] = {0, -1, 1, INT64_MIN, INT64_MAX};
  for (const auto v : signed_values) writer.zigzag(v);
  writer.fixed<std::uint32_t>(0xdeadbeef);
  writer.fixed_double(-0.5);
  writer.sized_bytes("二");

  ByteReader reader(writer.view());
  for (const auto v : values) EXPECT_EQ(reader.varint(), v);
  for (const auto v : signed_values) EXPECT_EQ(reader.zigzag(), v);
  EXPECT_EQ(reader.fixed<std::uint32_t>(), 0xdeadbeefU);
  EXPECT_EQ(reader.fixed_double(), -0.5);
  EXPECT_EQ(reader.sized_bytes(), "二");
  EXPECT_TRUE(reader.ok() && reader.at_end());
}

TEST(Bytes, EveryTruncationFailsAndStaysFailed) {
  ByteWriter writer;
  writer.varint(1ULL << 40);
  writer.sized_bytes("abcdef");
  for (std::size_t n = 0; n < writer.size(); ++n) {
    ByteReader reader(writer.view().substr(0, n));
    reader.varint();
    reader.sized_bytes();
    EXPECT_FALSE(reader.ok()) << n;
    EXPECT_EQ(reader.fixed<std::uint8_t>(), 0);
  }
}

TEST(Bytes, AVarintOfMoreThan64BitsFails) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  reader.varint();
  EXPECT_FALSE(reader.ok());
}

TEST(Arena, AlignsAndKeepsWhatItGave) {
  Arena arena;
  std::vector<std::span<std::uint64_t>> arrays;
  for (std::size_t i = 1; i < 200; ++i) {
    arena.copy(std::string_view("x"));
    arrays.push_back(arena.array<std::uint64_t>(i));
    for (auto& v : arrays.back()) v = i;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arrays.back().data()) % alignof(std::uint64_t), 0U);
  }
  for (std::size_t i = 1; i < 200; ++i) EXPECT_EQ(arrays[i - 1].back(), i);
  std::string large(1U << 22, 'a');
  const char* data = large.data();
  EXPECT_EQ(arena.adopt(std::move(large)).data(), data);
}

TEST(Clock, TimestampsFarApartWrapInsteadOfOverflowing) {
  EXPECT_EQ((Timestamp{INT64_MIN} - Timestamp{INT64_MAX}).count(), 1);
  ManualClock clock;
  const Deadline deadline = Deadline::after(clock, std::chrono::seconds(1));
  EXPECT_FALSE(deadline.expired());
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE(deadline.expired());
  EXPECT_EQ(deadline.remaining(), Duration::zero());
}

TEST(Random, ASeedRepeats) {
  Random a(7);
  Random b(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
  for (int i = 0; i < 1000; ++i) EXPECT_LT(a.below(10), 10U);
}

TEST(UniqueFunction, OwnsMoveOnlyThings) {
  UniqueFunction<int(int)> add = [owned = std::make_unique<int>(5)](int x) { return *owned + x; };
  UniqueFunction<int(int)> moved = std::move(add);
  EXPECT_EQ(moved(2), 7);
  EXPECT_FALSE(static_cast<bool>(add));
}

}  // namespace
}  // namespace filo
