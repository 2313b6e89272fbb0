#include <CLI/CLI.hpp>
#include <cstdio>

#include "app_config.h"
#include "command.h"
#include "data_folder.h"
#include "environment.h"
#include "io/posix_file_system.h"

namespace filo::app {
namespace {

int run_config(int argc, char** argv) {
  CLI::App cli(
      "Checks or prints the configuration.\n\n"
      "  filo config check --config filo.yaml   lists every problem, with file and line; changes nothing\n"
      "  filo config print                      the effective configuration with all defaults, as YAML",
      "filo config");
  std::string action;
  Overrides overrides;
  cli.add_option("action", action, "check or print")->required()->check(CLI::IsMember({"check", "print"}));
  cli.add_option("--config", overrides.config_file, "YAML file")->type_name("FILE");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? 0 : 2;
  }
  const ProcessEnvironment environment;
  ReadConfig read = read_config(overrides, environment);
  if (action == "check" && read.problems.empty()) {
    const io::PosixFileSystem files;
    read.problems = data_folder_problems(files, read.config.data_dir);
  }
  for (const auto& problem : read.problems) std::fprintf(stderr, "filo: %s\n", problem.c_str());
  if (!read.problems.empty()) return 2;
  std::fputs(action == "print" ? print_config(read.config).c_str() : "filo: the configuration is good\n", stdout);
  return 0;
}

}  // namespace

const Command config_command{"config", "check or print the configuration", run_config};

}  // namespace filo::app
