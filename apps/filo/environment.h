// The environment variables that the filo binary reads: this table and no other place.
#pragma once

#include <string>

#include "config/config_node.h"

namespace filo::app {

// The process's own environment.
class ProcessEnvironment final : public config::Environment {
 public:
  const char* find(const char* name) const override;
};

// Where data goes when nobody says: /var/lib/filo for root, else $XDG_DATA_HOME/filo or $HOME/.local/share/filo.
std::string default_data_dir(const config::Environment& environment);

}  // namespace filo::app
