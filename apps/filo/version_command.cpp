#include <cstdio>

#include "command.h"
#include "version.h"

namespace filo::app {
namespace {

int run_version(int, char**) {
  std::printf("filo %s\n", version);
  return 0;
}

}  // namespace

const Command version_command{"version", "print the version", run_version};

}  // namespace filo::app
