#include "receivers/intake.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"
#include "test/support/sinks.h"

namespace filo::receivers {
namespace {

wire::Decoded two_good_one_bad() {
  wire::Decoded decoded;
  decoded.batch.spans.resize(2);
  decoded.rejected.add(wire::Rejection::time);
  decoded.rejected.first = "late";
  return decoded;
}

// Offers the three spans; returns the intake's counters by value of received, rejected, refused, failed, accepted.
std::array<std::uint64_t, 5> counts_after(pipeline::SpanSink& sink, bool expect_kept) {
  const ManualClock clock;
  Intake intake(sink, clock);
  int answers = 0;
  intake.offer(two_good_one_bad(), intake.count_request(), [&](Result<wire::Rejections> kept) {
    ++answers;
    EXPECT_EQ(kept.has_value(), expect_kept);
    if (kept) {
      EXPECT_EQ(kept->first, "late");
    }
  });
  EXPECT_EQ(answers, 1);
  const ReceiverMetrics& metrics = intake.metrics();
  return {metrics.received_spans.value(),
          metrics.rejected_spans[static_cast<std::size_t>(wire::Rejection::time)].value(),
          metrics.refused_spans.value(), metrics.failed_spans.value(), metrics.accepted_spans.value()};
}

using Counts = std::array<std::uint64_t, 5>;

TEST(Intake, EverySpanIsCountedOnce) {
  test::RecordingSink recording;
  EXPECT_EQ(counts_after(recording, true), (Counts{3, 1, 0, 0, 2}));
  test::RefusingSink refusing(ErrorCode::overloaded);
  EXPECT_EQ(counts_after(refusing, false), (Counts{3, 1, 2, 0, 0}));
  test::FailingSink failing;
  EXPECT_EQ(counts_after(failing, false), (Counts{3, 1, 0, 2, 0}));
}

TEST(Intake, WithoutGoodSpansTheSinkIsNotAsked) {
  const ManualClock clock;
  test::RefusingSink sink(ErrorCode::overloaded);
  Intake intake(sink, clock);
  bool is_kept = false;
  intake.offer({}, intake.count_request(), [&](Result<wire::Rejections> kept) { is_kept = kept.has_value(); });
  EXPECT_TRUE(is_kept);
}

}  // namespace
}  // namespace filo::receivers
