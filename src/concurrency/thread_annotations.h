// clang's thread-safety annotations; the lint preset checks them. Nothing for other compilers.
#pragma once

#include <mutex>

#if defined(__clang__)
#define FILO_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define FILO_THREAD_ANNOTATION(x)
#endif

#define CAPABILITY(name) FILO_THREAD_ANNOTATION(capability(name))
#define SCOPED_CAPABILITY FILO_THREAD_ANNOTATION(scoped_lockable)
#define GUARDED_BY(mutex) FILO_THREAD_ANNOTATION(guarded_by(mutex))
#define REQUIRES(mutex) FILO_THREAD_ANNOTATION(requires_capability(mutex))
#define ACQUIRE(...) FILO_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) FILO_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define EXCLUDES(mutex) FILO_THREAD_ANNOTATION(locks_excluded(mutex))

namespace filo {

// std::mutex with annotations. Works with std::condition_variable_any through lock() and unlock().
class CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace filo
