#include "pipeline/ledger.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace filo::pipeline {
namespace {

TEST(Ledger, TheJournalMayForgetWhatIsBeforeTheOldestOpenRecord) {
  Ledger ledger;
  EXPECT_EQ(ledger.closed_through(), 0U);
  ledger.open(1, 2);
  ledger.open(2, 1);
  ledger.open(5, 0);
  ledger.close(2);
  EXPECT_EQ(ledger.closed_through(), 0U);
  ledger.close(1);
  EXPECT_EQ(ledger.closed_through(), 0U);
  ledger.close(1);
  EXPECT_EQ(ledger.closed_through(), 5U);
}

TEST(Ledger, AgreesWithASetOfOpenRecords) {
  Random random(11);
  Ledger ledger;
  std::multiset<Sequence> open;
  Sequence last = 0;
  for (int step = 0; step < 20'000; ++step) {
    if (open.empty() || random.chance(0.5)) {
      last += 1 + random.below(3);
      const auto holders = static_cast<std::uint32_t>(random.below(4));
      ledger.open(last, holders);
      for (std::uint32_t i = 0; i < holders; ++i) open.insert(last);
    } else {
      auto at = open.begin();
      std::advance(at, random.below(open.size()));
      ledger.close(*at);
      open.erase(at);
    }
    if (open.empty()) {
      ASSERT_EQ(ledger.closed_through(), last);
    } else {
      ASSERT_LT(ledger.closed_through(), *open.begin());
    }
  }
}

}  // namespace
}  // namespace filo::pipeline
