// The filo binary: finds the subcommand and runs it.
#include <cstdio>
#include <string_view>

#include "command.h"

namespace filo::app {
namespace {

constexpr const Command* commands[] = {&all_in_one_command, &search_command, &trace_command,  &loadgen_command,
                                       &demo_command,       &config_command, &version_command};

void print_help() {
  std::printf(
      "Filo: distributed tracing in one binary.\n\n"
      "Usage: filo [COMMAND] [OPTIONS]          without a command: all-in-one\n\nCommands:\n");
  for (const Command* command : commands) std::printf("  %-12s %s\n", command->name, command->summary);
  std::printf(
      "\n`filo COMMAND --help` explains each.\n\n"
      "Examples:\n"
      "  filo                                     receive on 4317 and 4318, UI on http://127.0.0.1:16686\n"
      "  filo all-in-one --data /srv/filo --demo  keep data there; send a demo shop's traffic to yourself\n"
      "  filo search 'service=cart status=error'  the newest failed traces of a service\n"
      "  filo trace 0af7651916cd43dd8448eb211c80319c\n");
}

int run(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') {
    const std::string_view first = argc < 2 ? "" : argv[1];
    if (first == "--help" || first == "-h") return print_help(), 0;
    if (first == "--version") return version_command.run(1, argv);
    return all_in_one_command.run(argc, argv);
  }
  for (const Command* command : commands) {
    if (std::string_view(argv[1]) == command->name) return command->run(argc - 1, argv + 1);
  }
  if (std::string_view(argv[1]) == "help") return print_help(), 0;
  std::fprintf(stderr, "filo: unknown command '%s'; see filo --help\n", argv[1]);
  return 2;
}

}  // namespace
}  // namespace filo::app

int main(int argc, char** argv) {
#if defined(__x86_64__) && defined(__AVX2__)
  // Built for x86-64-v3; say so instead of dying of an illegal instruction later.
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) {
    std::fprintf(stderr, "filo: this processor lacks AVX2; build with -DFILO_MARCH=x86-64-v2\n");
    return 1;
  }
#endif
  return filo::app::run(argc, argv);
}
