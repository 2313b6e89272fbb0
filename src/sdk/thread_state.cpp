#include "sdk/thread_state.h"

#include <sys/random.h>
#include <time.h>

#include <new>

namespace filo::sdk {
namespace {

// A plain pointer in the fixed part of thread-local storage: valid in every destructor of the thread, and small enough
// for a library that is loaded late.
__attribute__((tls_model("initial-exec"))) thread_local ThreadState* own_state = nullptr;

void (*on_leaving)(ThreadState&) = nullptr;

}  // namespace

void Random::seed() noexcept {
  if (getrandom(s_, sizeof(s_), 0) == sizeof(s_)) return;
  // Without the system's randomness ids must still differ between threads and processes.
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  s_[0] = static_cast<std::uint64_t>(now.tv_nsec) << 32U ^ static_cast<std::uint64_t>(now.tv_sec);
  s_[1] = reinterpret_cast<std::uintptr_t>(this);
  s_[2] = static_cast<std::uint64_t>(clock());
  s_[3] = 0x9e3779b97f4a7c15U;
  for (int i = 0; i < 16; ++i) static_cast<void>(next());
}

bool Threads::open(void (*leaving)(ThreadState&)) noexcept {
  on_leaving = leaving;
  // A key's destructor runs after those of thread_local objects, whose spans may be the thread's last.
  if (pthread_key_create(&key_, leave) != 0) return false;
  is_open_.store(true, std::memory_order_release);
  return true;
}

__attribute__((noinline)) ThreadState* Threads::own_if_any() noexcept {
  asm volatile("" ::: "memory");
  return own_state;
}

ThreadState* Threads::acquire() noexcept {
  if (!is_open_.load(std::memory_order_acquire)) return nullptr;
  ThreadState* state = first();
  for (; state != nullptr; state = state->next) {
    bool is_taken = false;
    if (state->is_taken.compare_exchange_strong(is_taken, true, std::memory_order_acquire)) break;
  }
  if (state == nullptr) {
    state = new (std::nothrow) ThreadState;
    if (state == nullptr) return nullptr;
    state->random.seed();
    ThreadState* head = first_.load(std::memory_order_relaxed);
    do {
      state->next = head;
    } while (!first_.compare_exchange_weak(head, state, std::memory_order_release, std::memory_order_relaxed));
  }
  static_cast<void>(pthread_setspecific(key_, state));
  return own_state = state;
}

void Threads::leave(void* state) {
  auto& leaving = *static_cast<ThreadState*>(state);
  on_leaving(leaving);
  own_state = nullptr;
  leaving.is_taken.store(false, std::memory_order_release);
}

}  // namespace filo::sdk
