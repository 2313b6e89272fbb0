#include "environment.h"

#include <unistd.h>

#include <cstdlib>

namespace filo::app {

const char* ProcessEnvironment::find(const char* name) const { return std::getenv(name); }

std::string default_data_dir(const config::Environment& environment) {
  if (geteuid() == 0) return "/var/lib/filo";
  if (const char* data = environment.find("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return std::string(data) + "/filo";
  }
  if (const char* home = environment.find("HOME"); home != nullptr && *home != '\0') {
    return std::string(home) + "/.local/share/filo";
  }
  return "filo-data";
}

}  // namespace filo::app
