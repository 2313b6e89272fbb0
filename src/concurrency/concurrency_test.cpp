#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "concurrency/bounded_queue.h"
#include "concurrency/gate.h"
#include "concurrency/worker.h"

namespace filo {
namespace {

using namespace std::chrono_literals;

TEST(BoundedQueue, RefusesWhenFullAndKeepsTheValue) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.try_push(std::move(second)));
  EXPECT_EQ(*second, 2);
}

TEST(BoundedQueue, ManyGiversOneTakerLoseNothing) {
  BoundedQueue<int> queue(64);
  std::atomic<int> refused{0};
  std::vector<std::unique_ptr<Worker>> givers;
  for (int g = 0; g < 4; ++g) {
    givers.push_back(std::make_unique<Worker>("giver", [&](std::stop_token) {
      for (int i = 1; i <= 10000; ++i) {
        int value = i;
        while (!queue.try_push(std::move(value))) ++refused, std::this_thread::yield();
      }
    }));
  }
  long sum = 0;
  for (int taken = 0; taken < 40000;) {
    for (const int v : queue.pop_all(1s)) sum += v, ++taken;
  }
  EXPECT_EQ(sum, 4L * 10000 * 10001 / 2);
}

TEST(BoundedQueue, ClosedMeansRefuseThenDrainThenNothing) {
  BoundedQueue<int> queue(4);
  EXPECT_TRUE(queue.try_push(1));
  queue.close();
  EXPECT_FALSE(queue.try_push(2));
  EXPECT_EQ(queue.pop(0s), 1);
  EXPECT_EQ(queue.pop(1h), std::nullopt);
  EXPECT_TRUE(queue.closed_and_empty());
}

TEST(Gate, CloseWaitsForThoseInside) {
  Gate gate;
  ASSERT_TRUE(gate.enter());
  std::atomic<bool> left{false};
  Worker leaver("leaver", [&](std::stop_token) {
    left = true;
    gate.leave();
  });
  gate.close();
  EXPECT_TRUE(left);
  EXPECT_FALSE(gate.enter());
}

}  // namespace
}  // namespace filo
