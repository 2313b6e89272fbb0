#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace filo {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "filo: CHECK(%s) failed at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace filo
