#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "application.h"
#include "command.h"
#include "endpoint.h"
#include "environment.h"
#include "receivers/registry.h"
#include "telemetry/log.h"

namespace filo::app {
namespace {

// Blocked in every thread that is started after this, so that only wait_for_signal() sees them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void print_addresses(const AppConfig& config) {
  std::printf("Filo is up. Data in %s\n", config.data_dir.c_str());
  for (const auto* kind : receivers::all()) {
    const auto& settings = config.receivers.at(kind->name);
    if (settings.is_enabled) {
      const std::string endpoint = endpoint_of(settings.listen.address, settings.listen.port);
      std::printf("  %-12s %s\n", kind->protocol, endpoint.c_str());
    }
  }
  std::printf("  %-12s http://%s\n", "UI and API", endpoint_of(config.api.address, config.api.port).c_str());
  std::fflush(stdout);
}

void apply_telemetry(const AppConfig& config) {
  log::set_format(config.log_format == "json" ? log::Format::json : log::Format::text);
  for (const auto& [name, level] : {std::pair{"debug", log::Level::debug}, std::pair{"info", log::Level::info},
                                    std::pair{"warning", log::Level::warning}, std::pair{"error", log::Level::error},
                                    std::pair{"off", log::Level::off}}) {
    if (config.log_level == name) log::set_level(level);
  }
}

int serve(const AppConfig& config, Application::Traffic traffic) {
  apply_telemetry(config);
  const sigset_t stop_signals = block_stop_signals();
  Application application(config, traffic);
  if (const auto problems = application.problems(); !problems.empty()) {
    for (const auto& problem : problems) std::fprintf(stderr, "filo: %s\n", problem.c_str());
    return 2;
  }
  if (auto started = application.start(); !started) {
    std::fprintf(stderr, "filo: %s\n", started.error().message.c_str());
    const bool is_setup =
        started.error().code == ErrorCode::unavailable || started.error().code == ErrorCode::unsupported;
    return is_setup ? 2 : 1;
  }
  print_addresses(config);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  log::info("stopping", {{"signal", signal}});
  // A second signal ends the process at once; what was answered is in the journal.
  pthread_sigmask(SIG_UNBLOCK, &stop_signals, nullptr);
  application.stop();
  log::info("stopped");
  return 0;
}

int run_all_in_one(int argc, char** argv) {
  CLI::App cli(
      "Receives, stores and shows traces in one process. Without options it listens on the field's ports on loopback\n"
      "and keeps its data in /var/lib/filo (root) or ~/.local/share/filo.\n\n"
      "Examples:\n"
      "  filo all-in-one --demo\n"
      "  filo all-in-one --data /srv/filo --listen 0.0.0.0\n"
      "  filo config print > filo.yaml && filo all-in-one --config filo.yaml",
      "filo all-in-one");
  Overrides overrides;
  std::string data;
  std::string listen;
  bool with_demo = false;
  auto* data_option = cli.add_option("--data", data, "Folder for everything that is kept")->type_name("DIR");
  cli.add_option("--config", overrides.config_file, "YAML file; `filo config print` shows one")->type_name("FILE");
  auto* listen_option =
      cli.add_option("--listen", listen, "Address for every listener; 127.0.0.1 unless said")->type_name("ADDRESS");
  cli.add_flag("--demo", with_demo, "Send a demo shop's traffic to yourself");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? 0 : 2;
  }
  if (data_option->count() > 0) overrides.data_dir = data;
  if (listen_option->count() > 0) overrides.listen = listen;
  const ProcessEnvironment environment;
  const ReadConfig read = read_config(overrides, environment);
  if (!read.problems.empty()) {
    for (const auto& problem : read.problems) std::fprintf(stderr, "filo: %s\n", problem.c_str());
    return 2;
  }
  return serve(read.config, with_demo ? Application::Traffic::of_clients_and_demo : Application::Traffic::of_clients);
}

}  // namespace

const Command all_in_one_command{"all-in-one", "receive, store and show traces in one process", run_all_in_one};

}  // namespace filo::app
