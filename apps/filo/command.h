// One subcommand of the filo binary. `main` finds it by name in a table and hands it the arguments after the name.
#pragma once

namespace filo::app {

struct Command {
  const char* name;     // "loadgen"
  const char* summary;  // one line for `filo --help`
  // argv[0] is the command's name. Returns the process's exit code: 0 done, 1 failed, 2 wrong usage or configuration.
  int (*run)(int argc, char** argv);
};

extern const Command all_in_one_command;
extern const Command loadgen_command;
extern const Command demo_command;
extern const Command search_command;
extern const Command trace_command;
extern const Command config_command;
extern const Command version_command;

}  // namespace filo::app
