#include "telemetry/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "base/manual_clock.h"

namespace filo::log {
namespace {

class Log : public testing::Test {
 protected:
  void TearDown() override {
    set_level(Level::info);
    set_format(Format::text);
  }
  template <typename Body>
  static std::string captured(Body body) {
    testing::internal::CaptureStderr();
    body();
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, TextLineHasTimeLevelEventAndFields) {
  const std::string line = captured([] {
    info("part_sealed", {{"part", 17},
                         {"rows", std::uint32_t{12}},
                         {"ratio", 4.5},
                         {"ok", true},
                         {"path", "/a b"},
                         {"plain", "x/y"},
                         {"empty", ""}});
  });
  ASSERT_GT(line.size(), 24U);
  EXPECT_EQ(line[4], '-');
  EXPECT_EQ(line[10], 'T');
  EXPECT_EQ(line[19], '.');
  EXPECT_EQ(line[23], 'Z');
  EXPECT_EQ(line.substr(24),
            " info part_sealed part=17 rows=12 ratio=4.5 ok=true path=\"/a b\" plain=x/y empty=\"\"\n");
}

TEST_F(Log, JsonLineIsOneObject) {
  set_format(Format::json);
  const std::string line = captured([] { error("e", {{"text", "a\"\\\n\x01\xc3\xa9"}, {"bad", "\xff"}, {"n", -1}}); });
  EXPECT_EQ(
      line.substr(line.find(",\"level\"")),
      ",\"level\":\"error\",\"event\":\"e\",\"text\":\"a\\\"\\\\\\n\\u0001\xc3\xa9\",\"bad\":\"\\u00ff\",\"n\":-1}\n");
}

TEST_F(Log, ValueNeverBreaksTheLine) {
  const std::string line = captured([] {
    warning("e", {{"peer", "x\ny level=fake"}, {"long", std::string(100'000, 'a')}});
  });
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_LT(line.size(), 5000U);
}

TEST_F(Log, LevelFilters) {
  EXPECT_EQ(captured([] { debug("quiet"); }), "");
  set_level(Level::debug);
  EXPECT_NE(captured([] { debug("loud"); }).find(" debug loud\n"), std::string::npos);
  set_level(Level::off);
  EXPECT_EQ(captured([] { error("quiet"); }), "");
}

TEST_F(Log, LinesOfManyThreadsStayWhole) {
  const std::string text = captured([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) info("tick", {{"filler", std::string(200, 'f')}});
      });
    }
  });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 400);
  std::size_t whole = 0;
  const std::string tail = " info tick filler=" + std::string(200, 'f') + "\n";
  for (std::size_t at = text.find(tail); at != std::string::npos; at = text.find(tail, at + 1)) ++whole;
  EXPECT_EQ(whole, 400U);
}

TEST_F(Log, EveryIsDueOnceAnInterval) {
  ManualClock clock;
  Every every(std::chrono::seconds(10));
  EXPECT_TRUE(every.due(clock));
  EXPECT_FALSE(every.due(clock));
  clock.advance(std::chrono::seconds(9));
  EXPECT_FALSE(every.due(clock));
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(every.due(clock));
  EXPECT_FALSE(every.due(clock));
}

}  // namespace
}  // namespace filo::log
