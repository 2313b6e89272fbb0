#include "parts/hash_filter.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace filo::parts {
namespace {

TEST(HashFilter, HasEveryKeyAndFewOthers) {
  Random random(7);
  for (const std::size_t keys : {1U, 10U, 1000U, 100'000U}) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t i = 0; i < keys; ++i) hashes.push_back(random.next());
    const std::string filter = make_hash_filter(hashes);
    EXPECT_LE(filter.size(), keys * 10 / 8 + filter_block_bytes);
    for (const auto hash : hashes) EXPECT_TRUE(may_contain(filter, hash));
    int wrong = 0;
    for (int i = 0; i < 100'000; ++i) wrong += may_contain(filter, random.next()) ? 1 : 0;
    EXPECT_LT(wrong, 2500) << keys;
  }
}

TEST(HashFilter, EmptyContainsNothing) {
  EXPECT_TRUE(make_hash_filter({}).empty());
  EXPECT_FALSE(may_contain("", 1));
  EXPECT_FALSE(may_contain("short", 1));
}

}  // namespace
}  // namespace filo::parts
