#include "loadgen_report.h"

#include <gtest/gtest.h>

namespace filo::app {
namespace {

using std::chrono::milliseconds;

TEST(Latencies, FindsQuantilesWithinThreePerCent) {
  Latencies latencies;
  for (int i = 1; i <= 1000; ++i) latencies.add(milliseconds(i));
  EXPECT_EQ(latencies.count(), 1000U);
  EXPECT_EQ(latencies.max(), milliseconds(1000));
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const double expected = q * 1000e6;
    EXPECT_NEAR(static_cast<double>(latencies.quantile(q).count()), expected, expected * 0.035) << q;
  }
  EXPECT_EQ(latencies.quantile(1), milliseconds(1000));
}

TEST(Latencies, TakesAnyDuration) {
  Latencies latencies;
  for (const Duration d : {Duration(0), Duration(-5), Duration(1), Duration(31), Duration::max()}) latencies.add(d);
  EXPECT_EQ(latencies.count(), 5U);
  EXPECT_EQ(latencies.quantile(1), Duration::max());
  EXPECT_LE(latencies.quantile(0), Duration(2));
}

TEST(Tally, AddsUp) {
  Tally one;
  one.sent = {2, 1024};
  one.answered = {1, 512};
  one.refused = {1, 512};
  one.statuses["200"] = {1, 512};
  one.statuses["429"] = {1, 512};
  one.first_reason = "429: full";
  one.latencies.add(milliseconds(3));
  Tally all;
  all.add(one);
  all.add(one);
  EXPECT_EQ(all.sent.spans, 2048U);
  EXPECT_EQ(all.statuses["429"].requests, 2U);
  EXPECT_EQ(all.latencies.count(), 2U);
  LoadResult result;
  result.tally = all;
  result.took = std::chrono::seconds(1);
  const std::string json = render_json(result, workload::Settings());
  EXPECT_NE(json.find(R"("refused":{"requests":2,"spans":1024})"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("429":{"requests":2,"spans":1024})"), std::string::npos) << json;
  EXPECT_NE(render_text(result).find("first refusal or failure: 429: full"), std::string::npos);
}

}  // namespace
}  // namespace filo::app
