#include "propagation/foreign_id.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace filo::propagation {
namespace {

// Stored spans and other processes rely on these numbers.
TEST(ForeignId, NeverChanges) {
  EXPECT_EQ(to_hex(trace_id_of_skywalking("0f1e2d3c.44.16000000000010001")), "cf27b1ca6356ece83eb40a2ce814ca82");
  EXPECT_EQ(to_hex(trace_id_of_text("not-an-id")), "5a70e70bb36fd18be185be3b50c60074");
  EXPECT_EQ(to_hex(span_id_of_segment("0f1e2d3c.44.16000000000010001", 7)), "b5b33ef693003749");
  EXPECT_EQ(to_hex(span_id_of_rpc_id("0")), "af63ad4c86019caf");
  EXPECT_EQ(to_hex(span_id_of_rpc_id("0.1")), "4e18dd181d0a2066");
}

TEST(ForeignId, IsTheTextWhereItIsOneAlready) {
  EXPECT_EQ(trace_id_of_text("12aB"), (TraceId{0, 0x12ab}));
  EXPECT_EQ(trace_id_of_text("12abT"), (TraceId{0, 0x12ab}));
  EXPECT_EQ(trace_id_of_skywalking("0000000000000001000000000000000f"), (TraceId{1, 15}));
  EXPECT_NE(trace_id_of_skywalking("12ab"), (TraceId{0, 0x12ab}));
  EXPECT_EQ(span_id_of_rpc_id("00000000000000ff"), SpanId{255});
  EXPECT_EQ(span_id_of_segment("00000000000000ff", 0), SpanId{255});
  EXPECT_NE(span_id_of_segment("00000000000000ff", 1), SpanId{255});
}

TEST(ForeignId, TellsTextsApart) {
  std::set<TraceId> traces;
  std::set<SpanId> spans;
  std::string text = "t.";
  for (int i = 0; i < 2000; ++i) {
    traces.insert(trace_id_of_text(text + std::to_string(i)));
    traces.insert(trace_id_of_text(text + std::string(static_cast<std::size_t>(i) % 40, '\0') + std::to_string(i)));
    spans.insert(span_id_of_segment(text + std::to_string(i / 50), i % 50));
  }
  // i % 40 == 0 makes both texts one.
  EXPECT_EQ(traces.size(), 4000U - 50U);
  EXPECT_EQ(spans.size(), 2000U);
}

TEST(ForeignId, KnowsRpcIds) {
  EXPECT_EQ(parent_of_rpc_id("0.1.2"), "0.1");
  EXPECT_EQ(parent_of_rpc_id("0"), "");
  for (const char* right : {"0", "0.1", "9.12.3", "00000000000000ff", "00000000000000ff.1"}) {
    EXPECT_TRUE(is_rpc_id(right)) << right;
  }
  for (const char* wrong :
       {"", ".", "0.", ".0", "0..1", "ff", "0.ff", "0.1 ", "0000000000000000", "00000000000000ff."}) {
    EXPECT_FALSE(is_rpc_id(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace filo::propagation
