// AppConfig: everything that can be set, with its default; what the YAML file, the command line and the defaults make
// together. Const once read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/embedded/config.h"
#include "config/config_node.h"
#include "journal/journal.h"
#include "pipeline/pipeline.h"
#include "receivers/receiver.h"

namespace filo::app {

struct ReceiverSettings {
  bool is_enabled = true;
  receivers::ListenConfig listen;
};

struct ApiSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 16686;
  unsigned query_threads = 2;
  Duration query_deadline = std::chrono::seconds(30);
  Duration default_lookback = std::chrono::hours(1);
};

struct AppConfig {
  std::string data_dir;
  std::map<std::string, ReceiverSettings> receivers;  // by ReceiverKind::name, one for each that exists
  journal::JournalConfig journal;
  pipeline::PipelineConfig pipeline;
  backends::EmbeddedConfig store;
  ApiSettings api;
  unsigned io_threads = 1;
  Duration stop_deadline = std::chrono::seconds(20);
  std::string log_level = "info";
  std::string log_format = "text";
};

// What the command line says; it wins over the file.
struct Overrides {
  std::string config_file;  // empty: none
  std::optional<std::string> data_dir;
  std::optional<std::string> listen;  // address for every listener
};

struct ReadConfig {
  AppConfig config;
  std::vector<std::string> problems;  // empty: good
};

ReadConfig read_config(const Overrides& overrides, const config::Environment& environment);

// The effective configuration as a YAML file that read_config() reads back.
std::string print_config(const AppConfig& config);

}  // namespace filo::app
