// Gate: stop new work, wait for old. enter() fails once the gate is closed; close() returns when everyone has left.
#pragma once

#include <condition_variable>
#include <cstddef>

#include "base/check.h"
#include "concurrency/thread_annotations.h"

namespace filo {

class Gate {
 public:
  ~Gate() { CHECK(inside_ == 0); }

  [[nodiscard]] bool enter() {
    const MutexLock lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
  }
  void leave() {
    {
      const MutexLock lock(mutex_);
      CHECK(inside_ > 0);
      --inside_;
    }
    left_.notify_all();
  }
  std::size_t inside() const {
    const MutexLock lock(mutex_);
    return inside_;
  }
  void close() {
    mutex_.lock();
    closed_ = true;
    while (inside_ > 0) left_.wait(mutex_);
    mutex_.unlock();
  }

 private:
  mutable Mutex mutex_;
  std::condition_variable_any left_;
  std::size_t inside_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace filo
