#include "base/short_text.h"

#include <gtest/gtest.h>

#include <string>

namespace filo {
namespace {

TEST(ShortText, SeesEveryByteThatDiffers) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string text(size, 'a');
    const std::string same(size, 'a');
    EXPECT_TRUE(equal_short(text, same)) << size;
    EXPECT_FALSE(equal_short(text, same + 'a')) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = same;
      other[at] = 'b';
      EXPECT_FALSE(equal_short(text, other)) << size << " bytes, " << at;
    }
  }
}

}  // namespace
}  // namespace filo
