#include "terminal_text.h"

#include <gtest/gtest.h>

namespace filo::app {
namespace {

TEST(TerminalText, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("cart"), 4U);
  EXPECT_EQ(display_width("支付网关"), 8U);
  EXPECT_EQ(display_width("café"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("\U0001f6d2"), 2U);
  EXPECT_EQ(display_width("\xff\xfe"), 2U);
}

TEST(TerminalText, FitsExactly) {
  for (const std::string_view text : {"", "a", "库存服务 查询库存", "plain words", "\xe6\x94", "a支b付c"}) {
    for (std::size_t width = 0; width < 24; ++width) {
      EXPECT_EQ(display_width(fit_left(text, width)), width) << text;
      EXPECT_EQ(display_width(fit_right(text, width)), width) << text;
    }
  }
  EXPECT_EQ(fit_left("支付网关", 8), "支付网关");
  EXPECT_EQ(fit_left("支付网关", 7), "支付网…");
  EXPECT_EQ(fit_left("支付网关", 6), "支付… ");
  EXPECT_EQ(fit_right("ab", 4), "  ab");
}

TEST(TerminalText, LetsNothingMoveTheCursor) {
  EXPECT_EQ(printable("\033[2Jgone\n"), "·[2Jgone·");
  EXPECT_EQ(printable("a\u202eb"), "ab");
  EXPECT_EQ(printable("\x80"), "\ufffd");
}

TEST(TerminalText, ShowsDurationsInThreeDigits) {
  EXPECT_EQ(render_duration(Duration(0)), "0ns");
  EXPECT_EQ(render_duration(Duration(999)), "999ns");
  EXPECT_EQ(render_duration(Duration(1'000)), "1.00µs");
  EXPECT_EQ(render_duration(Duration(999'499)), "999µs");
  EXPECT_EQ(render_duration(Duration(999'500)), "1.00ms");
  EXPECT_EQ(render_duration(Duration(12'345'678)), "12.3ms");
  EXPECT_EQ(render_duration(Duration(-1'500'000)), "-1.50ms");
  EXPECT_EQ(render_duration(Duration(59'900'000'000)), "59.9s");
  EXPECT_EQ(render_duration(Duration(125'000'000'000)), "2m05s");
  EXPECT_EQ(render_duration(Duration(INT64_MIN)), "-106751d");
}

TEST(TerminalText, ShowsTimesInUtc) {
  EXPECT_EQ(render_time(Timestamp{1'700'000'000'123'456'789}), "2023-11-14 22:13:20.123");
  EXPECT_EQ(render_time(Timestamp{-1}), "1969-12-31 23:59:59.999");
}

}  // namespace
}  // namespace filo::app
