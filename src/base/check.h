// CHECK: a programmer's error ends the process with its place and the condition. Never reachable by input from outside.
#pragma once

namespace filo {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace filo

#define CHECK(condition) \
  (__builtin_expect(!(condition), 0) ? ::filo::check_failed(#condition, __FILE__, __LINE__) : (void)0)

#ifdef NDEBUG
#define DCHECK(condition) (true ? (void)0 : CHECK(condition))
#else
#define DCHECK(condition) CHECK(condition)
#endif
