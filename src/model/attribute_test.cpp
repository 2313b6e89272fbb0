#include "model/attribute.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/ids.h"
#include "model/utf8.h"

namespace filo {
namespace {

TEST(TraceId, ShortAndPaddedTextAreOneId) {
  const auto padded = parse_trace_id("000000000000000024c6b8200752ce25");
  ASSERT_TRUE(padded.has_value());
  EXPECT_EQ(parse_trace_id("24c6b8200752ce25"), padded);
  EXPECT_EQ(parse_trace_id("1F")->low, 31U);
  EXPECT_EQ(to_hex(*padded), "000000000000000024c6b8200752ce25");
  EXPECT_FALSE(parse_trace_id("").has_value());
  EXPECT_FALSE(parse_trace_id("g").has_value());
  EXPECT_FALSE(parse_trace_id(std::string(33, '1')).has_value());
}

TEST(TraceId, BytesRoundTrip) {
  std::string bytes;
  append_bytes(bytes, TraceId{0x0102030405060708U, 9});
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(trace_id_from_bytes(bytes), (TraceId{0x0102030405060708U, 9}));
  EXPECT_FALSE(trace_id_from_bytes("short").has_value());
}

TEST(AttributeValue, EqualityGoesDeepAndKnowsNaN) {
  const AttributeValue items_a[] = {AttributeValue::of_int(1), AttributeValue::of_string("二")};
  const AttributeValue items_b[] = {AttributeValue::of_int(1), AttributeValue::of_string("三")};
  EXPECT_TRUE(AttributeValue::of_array(items_a) == AttributeValue::of_array(items_a));
  EXPECT_FALSE(AttributeValue::of_array(items_a) == AttributeValue::of_array(items_b));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(AttributeValue::of_double(nan) == AttributeValue::of_double(nan));
  EXPECT_FALSE(AttributeValue::of_string("1") == AttributeValue::of_int(1));
  EXPECT_FALSE(AttributeValue::of_string("a") == AttributeValue::of_bytes("a"));
}

TEST(AttributeValue, TextIsWhatPeopleWrite) {
  EXPECT_EQ(to_text(AttributeValue::of_string("a\"b")), "a\"b");
  EXPECT_EQ(to_text(AttributeValue::of_int(-5)), "-5");
  EXPECT_EQ(to_text(AttributeValue::of_double(0.25)), "0.25");
  EXPECT_EQ(to_text(AttributeValue::of_bool(true)), "true");
  EXPECT_EQ(to_text(AttributeValue::of_bytes(std::string_view("\x00\xff", 2))), "AP8=");
  EXPECT_EQ(to_text(AttributeValue()), "null");
  const Attribute entries[] = {{"k", AttributeValue::of_string("v\n")}, {"n", AttributeValue::of_double(1e308 * 10)}};
  EXPECT_EQ(to_text(AttributeValue::of_map(entries)), R"({"k":"v\n","n":"Infinity"})");
}

TEST(Json, InvalidUtf8IsMendedForShow) {
  std::string out;
  append_json_string(out, "ok\xff\xe4\xba\x8c\xe4\xba");
  EXPECT_EQ(out, "\"ok\xef\xbf\xbd\xe4\xba\x8c\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Utf8, FollowsTheUnicodeTable) {
  EXPECT_TRUE(is_utf8("plain ascii text and 中文 🎉"));
  EXPECT_FALSE(is_utf8("\xc0\x80"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xe4\xba"));
}

}  // namespace
}  // namespace filo
