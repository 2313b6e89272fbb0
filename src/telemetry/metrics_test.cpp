#include "telemetry/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace filo::telemetry {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

TEST(MetricWriter, RendersCountersAndGaugesSortedWithOneHeadAName) {
  MetricWriter writer;
  writer.gauge("filo_z_open", "Open things.", 1.5);
  writer.counter("filo_a_rows_total", "Rows.", 7, {{"kind", "span"}});
  writer.gauge("filo_m_load", "Load\nof \\ it.", -2);
  writer.counter("filo_a_rows_total", "Rows.", 18'446'744'073'709'551'615U, {{"kind", "event"}, {"shard", "0"}});
  EXPECT_EQ(writer.text(),
            "# HELP filo_a_rows_total Rows.\n"
            "# TYPE filo_a_rows_total counter\n"
            "filo_a_rows_total{kind=\"span\"} 7\n"
            "filo_a_rows_total{kind=\"event\",shard=\"0\"} 18446744073709551615\n"
            "# HELP filo_m_load Load\\nof \\\\ it.\n"
            "# TYPE filo_m_load gauge\n"
            "filo_m_load -2\n"
            "# HELP filo_z_open Open things.\n"
            "# TYPE filo_z_open gauge\n"
            "filo_z_open 1.5\n");
}

TEST(MetricWriter, EscapesLabelValues) {
  MetricWriter writer;
  writer.counter("x_total", "Help with \"quotes\".", 1, {{"path", "C:\\a\n\"b\""}});
  EXPECT_EQ(writer.text(),
            "# HELP x_total Help with \"quotes\".\n# TYPE x_total counter\n"
            "x_total{path=\"C:\\\\a\\n\\\"b\\\"\"} 1\n");
}

TEST(MetricWriter, SpellsSpecialNumbers) {
  MetricWriter writer;
  writer.gauge("a", "A.", std::numeric_limits<double>::infinity());
  writer.gauge("b", "B.", -std::numeric_limits<double>::infinity());
  writer.gauge("c", "C.", std::nan(""));
  writer.gauge("d", "D.", 0.1);
  const std::string text = writer.text();
  EXPECT_NE(text.find("\na +Inf\n"), std::string::npos);
  EXPECT_NE(text.find("\nb -Inf\n"), std::string::npos);
  EXPECT_NE(text.find("\nc NaN\n"), std::string::npos);
  EXPECT_NE(text.find("\nd 0.1\n"), std::string::npos);
}

TEST(MetricWriter, HistogramBucketsAreCumulative) {
  Histogram histogram;
  histogram.observe(microseconds(16));  // on a bound: belongs to the bucket it bounds
  histogram.observe(microseconds(17));
  histogram.observe(seconds(100));
  MetricWriter writer;
  writer.histogram("t_seconds", "Time.", histogram, {{"op", "get"}});
  const std::string text = writer.text();
  EXPECT_TRUE(
      text.starts_with("# HELP t_seconds Time.\n# TYPE t_seconds histogram\n"
                       "t_seconds_bucket{op=\"get\",le=\"1.6e-05\"} 1\n"
                       "t_seconds_bucket{op=\"get\",le=\"3.2e-05\"} 2\n"
                       "t_seconds_bucket{op=\"get\",le=\"6.4e-05\"} 2\n"))
      << text;
  EXPECT_TRUE(
      text.ends_with("t_seconds_bucket{op=\"get\",le=\"33.554432\"} 2\n"
                     "t_seconds_bucket{op=\"get\",le=\"+Inf\"} 3\n"
                     "t_seconds_sum{op=\"get\"} 100.000033\n"
                     "t_seconds_count{op=\"get\"} 3\n"))
      << text;
}

TEST(Histogram, EveryBoundFallsIntoItsOwnBucketAndTheNextNanosecondIntoTheNext) {
  for (std::size_t i = 0; i < Histogram::buckets; ++i) {
    Histogram histogram;
    const Duration bound(std::llround(Histogram::upper_bound_seconds(i) * 1e9));
    histogram.observe(bound);
    histogram.observe(bound + Duration(1));
    EXPECT_EQ(histogram.bucket(i), 1U) << i;
    EXPECT_EQ(histogram.bucket(i + 1), 1U) << i;
  }
  Histogram histogram;
  histogram.observe(Duration::max());
  histogram.observe(Duration::min());
  EXPECT_EQ(histogram.bucket(Histogram::buckets), 1U);
  EXPECT_EQ(histogram.bucket(0), 1U);
  EXPECT_EQ(histogram.sum_ns(), static_cast<std::uint64_t>(Duration::max().count()));
}

}  // namespace
}  // namespace filo::telemetry
