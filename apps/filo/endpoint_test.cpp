#include "endpoint.h"

#include <gtest/gtest.h>

namespace filo::app {
namespace {

TEST(Endpoint, IsWhereAClientOfThisMachineConnectsTo) {
  EXPECT_EQ(endpoint_of("127.0.0.1", 4317), "127.0.0.1:4317");
  EXPECT_EQ(endpoint_of("10.1.2.3", 4318), "10.1.2.3:4318");
  EXPECT_EQ(endpoint_of("0.0.0.0", 4318), "127.0.0.1:4318");
  EXPECT_EQ(endpoint_of("::", 16686), "127.0.0.1:16686");
  EXPECT_EQ(endpoint_of("::1", 16686), "[::1]:16686");
}

}  // namespace
}  // namespace filo::app
