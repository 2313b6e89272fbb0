// ThreadState: what each thread that records spans has for itself, so that recording shares nothing: random numbers,
// the chunk it fills, memory for open spans, counters. Made at the first span, kept for ever, handed to another
// thread when its own is gone.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "sdk/context_stack.h"
#include "sdk/span_memory.h"

namespace filo::sdk {

// xoshiro256++ by Blackman and Vigna.
class Random {
 public:
  void seed() noexcept;  // from the system
  std::uint64_t next() noexcept {
    const std::uint64_t result = rotated(s_[0] + s_[3], 23) + s_[0];
    const std::uint64_t t = s_[1] << 17U;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotated(s_[3], 45);
    return result;
  }
  std::uint64_t next_not_zero() noexcept {
    for (;;) {
      if (const std::uint64_t value = next(); value != 0) return value;
    }
  }

 private:
  static std::uint64_t rotated(std::uint64_t x, unsigned k) noexcept { return (x << k) | (x >> (64 - k)); }
  std::uint64_t s_[4] = {};
};

// Added to by one thread, read by others.
class OwnCounter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.store(value() + n, std::memory_order_relaxed); }
  void clear() noexcept { value_.store(0, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

struct alignas(64) ThreadState {
  static constexpr std::uint32_t free_memory_max = 64;

  ContextStack contexts;
  Random random;
  std::atomic<Chunk*> chunk = nullptr;  // the thread's; the exporter reads what is committed
  SpanMemory* free_memory = nullptr;    // at most free_memory_max of them
  std::uint32_t free_memory_count = 0;
  OwnCounter started;
  OwnCounter ended;
  OwnCounter dropped_no_memory;
  OwnCounter dropped_too_large;
  OwnCounter dropped_tags;
  ThreadState* next = nullptr;  // in the list of all; never changes once there
  std::atomic<bool> is_taken = true;
};

// All of them, and which one is the calling thread's.
class Threads {
 public:
  // `leaving` runs in a thread that ends, with its state. Once.
  bool open(void (*leaving)(ThreadState&)) noexcept;
  // The calling thread's; null when there is no memory for one, or before open().
  ThreadState* own() noexcept {
    ThreadState* state = own_if_any();
    return state != nullptr ? state : acquire();
  }
  // … or null when it has none yet. Not inlined: stackful coroutines may go on in another thread, and compilers keep
  // the address of what belongs to the first.
  static ThreadState* own_if_any() noexcept;
  ThreadState* first() const noexcept { return first_.load(std::memory_order_acquire); }

 private:
  ThreadState* acquire() noexcept;
  static void leave(void* state);

  std::atomic<ThreadState*> first_ = nullptr;
  pthread_key_t key_{};
  std::atomic<bool> is_open_ = false;
};

}  // namespace filo::sdk
