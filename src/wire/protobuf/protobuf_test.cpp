#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "wire/protobuf/reader.h"
#include "wire/protobuf/writer.h"

namespace filo::wire::protobuf {
namespace {

std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out.push_back(static_cast<char>(value));
  return out;
}

Fault fault_of(std::string_view message, std::uint64_t known = 0) {
  Reader reader(message);
  while (reader.next()) reader.skip(known);
  return reader.fault();
}

TEST(ProtobufReader, ReadsEveryWireType) {
  std::string message;
  Writer writer(message);
  writer.varint(1, 300);
  writer.fixed64(2, 0x0123456789abcdefU);
  writer.bytes(3, "text");
  writer.fixed32(4, 0xdeadbeefU);
  writer.float64(1000, -0.5);
  Reader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.tag(), tag(1, WireType::varint));
  EXPECT_EQ(reader.varint(), 300U);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.fixed64(), 0x0123456789abcdefU);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.bytes(), "text");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.fixed32(), 0xdeadbeefU);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.number(), 1000U);
  EXPECT_EQ(std::bit_cast<double>(reader.fixed64()), -0.5);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(ProtobufReader, VarintsOfEveryLengthRoundTrip) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t value :
         {std::uint64_t{1} << bit, (std::uint64_t{1} << bit) - 1, ~std::uint64_t{0} >> bit}) {
      std::string message;
      Writer(message).varint(7, value);
      EXPECT_EQ(message.size(), 1 + varint_size(value));
      Reader reader(message);
      ASSERT_TRUE(reader.next());
      EXPECT_EQ(reader.varint(), value);
      EXPECT_TRUE(reader.ok());
    }
  }
}

TEST(ProtobufReader, NamesEachFault) {
  EXPECT_EQ(fault_of(bytes_of({0x00})), Fault::tag);
  EXPECT_EQ(fault_of(bytes_of({0x07, 1})), Fault::tag);  // field 0
  EXPECT_EQ(fault_of(bytes_of({0x0e, 1})), Fault::tag);  // wire type 6
  EXPECT_EQ(fault_of(bytes_of({0x08, 0x80})), Fault::varint);
  EXPECT_EQ(fault_of(std::string("\x08") + std::string(11, '\xff')), Fault::varint);
  EXPECT_EQ(fault_of(bytes_of({0x09, 1, 2, 3})), Fault::fixed);
  EXPECT_EQ(fault_of(bytes_of({0x0d, 1, 2, 3})), Fault::fixed);
  EXPECT_EQ(fault_of(bytes_of({0x0a, 5, 'a'})), Fault::length);
  EXPECT_EQ(fault_of(bytes_of({0x0c})), Fault::group);
  EXPECT_EQ(fault_of(bytes_of({0x08, 1}), known_fields(1)), Fault::wire_type);
  EXPECT_EQ(fault_of(bytes_of({0x08, 1}), known_fields(2)), Fault::none);
}

TEST(ProtobufReader, ExplainsALengthThatIsTooLong) {
  const std::string message = bytes_of({0x0a, 0x84, 0x07}) + std::string(12, 'x');
  Reader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.bytes(), "");
  EXPECT_EQ(reader.explain(), "length 900 exceeds the 12 bytes left");
  EXPECT_EQ(reader.varint(), 0U);
  EXPECT_FALSE(reader.next());
}

TEST(ProtobufReader, SkipsGroupsWholeAndRefusesBrokenOnes) {
  // 1 { 2: varint, 3: "ab", 4 { 5: fixed32 } }, then 6: 7
  const std::string group = bytes_of({0x0b, 0x10, 9, 0x1a, 2, 'a', 'b', 0x23, 0x2d, 0, 0, 0, 0, 0x24, 0x0c});
  const std::string message = group + bytes_of({0x30, 7});
  Reader reader(message);
  ASSERT_TRUE(reader.next());
  reader.skip(0);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.number(), 6U);
  EXPECT_EQ(reader.varint(), 7U);
  for (std::size_t size = 1; size < group.size(); ++size) {
    EXPECT_EQ(fault_of(std::string_view(group).substr(0, size)), Fault::group) << size;
  }
  EXPECT_EQ(fault_of(bytes_of({0x0b, 0x14})), Fault::group);
  EXPECT_EQ(fault_of(std::string(1000, 0x0b)), Fault::group);
}

TEST(ProtobufWriter, NestedLengthsAreMinimalWhateverTheGuess) {
  for (const std::size_t guess : {0, 1, 127, 128, 20'000, 3'000'000}) {
    for (const std::size_t size : {0, 1, 125, 126, 127, 128, 129, 16'383, 16'384, 70'000}) {
      const std::string text(size, 'x');
      std::string message;
      Writer writer(message);
      const auto mark = writer.begin(1, guess);
      writer.raw_bytes(text);
      writer.end(mark);
      std::string expected;
      Writer(expected).bytes(1, text);
      EXPECT_EQ(message, expected) << guess << ' ' << size;
    }
  }
}

TEST(ProtobufReader, SurvivesRandomBytes) {
  Random random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string message;
    for (auto left = random.below(40); left > 0; --left) message.push_back(static_cast<char>(random.next()));
    Reader reader(message);
    while (reader.next()) reader.skip(random.below(16));
    EXPECT_TRUE(reader.ok() || !reader.explain().empty());
  }
}

}  // namespace
}  // namespace filo::wire::protobuf
