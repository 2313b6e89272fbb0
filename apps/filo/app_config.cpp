#include "app_config.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "environment.h"
#include "receivers/registry.h"

namespace filo::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = kib * 1024;
constexpr std::uint64_t gib = mib * 1024;
constexpr std::uint64_t no_limit = std::uint64_t{1} << 62;

void read_receivers(config::ConfigNode root, AppConfig& config) {
  config::ConfigNode receivers = root.child("receivers");
  for (const auto* kind : receivers::all()) {
    config::ConfigNode node = receivers.child(kind->name);
    ReceiverSettings settings;
    settings.listen.port = kind->default_port;
    settings.is_enabled = node.flag("enabled", true);
    settings.listen.address = node.text("address", settings.listen.address);
    settings.listen.port = static_cast<std::uint16_t>(node.integer("port", settings.listen.port, 0, 65535));
    settings.listen.request_bytes_max = node.bytes("request_bytes_max", settings.listen.request_bytes_max, kib, gib);
    settings.listen.allow_origins = node.list("allow_origins", settings.listen.allow_origins);
    config.receivers[kind->name] = settings;
  }
}

void read_journal(config::ConfigNode node, journal::JournalConfig& journal) {
  const std::string sync = node.choice("sync", "always", {"always", "interval", "off"});
  journal.log.sync = sync == "always"     ? journal::SyncMode::always
                     : sync == "interval" ? journal::SyncMode::interval
                                          : journal::SyncMode::off;
  journal.sync_interval = node.duration("sync_interval", journal.sync_interval, milliseconds(1), minutes(1));
  journal.journal_bytes_max = node.bytes("bytes_max", journal.journal_bytes_max, mib, no_limit);
  journal.log.file_bytes_max = node.bytes("file_bytes_max", journal.log.file_bytes_max, 64 * kib, 4 * gib);
  journal.queue_bytes_max = node.bytes("queue_bytes_max", journal.queue_bytes_max, 64 * kib, 4 * gib);
  journal.reserve_bytes = node.bytes("reserve_bytes", journal.reserve_bytes, 0, no_limit);
}

void read_window(config::ConfigNode node, pipeline::PipelineConfig& pipeline) {
  pipeline.shards = static_cast<unsigned>(node.integer("shards", pipeline.shards, 1, 256));
  pipeline.idle = node.duration("idle", pipeline.idle, milliseconds(10), minutes(10));
  pipeline.age_max = node.duration("age_max", pipeline.age_max, milliseconds(10), hours(1));
  pipeline.seal_interval = node.duration("seal_interval", pipeline.seal_interval, milliseconds(10), minutes(10));
  pipeline.window_bytes_max = node.bytes("bytes_max", pipeline.window_bytes_max, mib, 1024 * gib);
}

void read_store(config::ConfigNode node, backends::EmbeddedConfig& store) {
  config::ConfigNode retention = node.child("retention");
  store.max_age = retention.duration("age", store.max_age, seconds(0), hours(24 * 3650));
  store.max_bytes = retention.bytes("bytes", store.max_bytes, 0, no_limit);
  store.max_disk_share = retention.number("disk_share", store.max_disk_share, 0.01, 1.0);
}

void read_api(config::ConfigNode node, ApiSettings& api) {
  api.address = node.text("address", api.address);
  api.port = static_cast<std::uint16_t>(node.integer("port", api.port, 0, 65535));
  api.query_threads = static_cast<unsigned>(node.integer("query_threads", api.query_threads, 1, 256));
  api.query_deadline = node.duration("query_deadline", api.query_deadline, milliseconds(1), hours(1));
  api.default_lookback = node.duration("default_lookback", api.default_lookback, seconds(1), hours(24 * 365));
}

void read_all(config::ConfigDocument& document, AppConfig& config) {
  config::ConfigNode root = document.root();
  config.data_dir = root.text("data", config.data_dir);
  config.io_threads = static_cast<unsigned>(root.integer("io_threads", config.io_threads, 1, 256));
  config.stop_deadline = root.duration("stop_deadline", config.stop_deadline, milliseconds(1), hours(1));
  read_receivers(root, config);
  read_journal(root.child("journal"), config.journal);
  read_window(root.child("window"), config.pipeline);
  read_store(root.child("store"), config.store);
  read_api(root.child("api"), config.api);
  config::ConfigNode telemetry = root.child("telemetry");
  config.log_level = telemetry.choice("log_level", config.log_level, {"debug", "info", "warning", "error", "off"});
  config.log_format = telemetry.choice("log_format", config.log_format, {"text", "json"});
}

class YamlText {
 public:
  void section(const std::string& name, int depth) { line(name + ":", depth); }
  void value(const std::string& key, const std::string& text, int depth) { line(key + ": " + text, depth); }
  void value(const std::string& key, std::uint64_t number, int depth) {
    line(key + ": " + std::to_string(number), depth);
  }
  std::string take() { return std::move(out_); }

 private:
  void line(const std::string& text, int depth) {
    out_.append(static_cast<std::size_t>(depth) * 2, ' ').append(text).append("\n");
  }
  std::string out_;
};

std::string quoted_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i > 0 ? ", \"" : "\"") + items[i] + "\"";
  return out + "]";
}

std::string sync_text(journal::SyncMode mode) {
  switch (mode) {
    case journal::SyncMode::always:
      return "always";
    case journal::SyncMode::interval:
      return "interval";
    case journal::SyncMode::off:
      return "'off'";
  }
  return "always";
}

}  // namespace

ReadConfig read_config(const Overrides& overrides, const config::Environment& environment) {
  ReadConfig read;
  AppConfig& config = read.config;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  config.io_threads = std::max(1U, cores / 4);
  config.pipeline.shards = std::max(1U, cores / 4);
  config.api.query_threads = std::max(2U, cores / 2);
  config.data_dir = default_data_dir(environment);

  std::string yaml;
  if (!overrides.config_file.empty()) {
    std::ifstream in(overrides.config_file, std::ios::binary);
    if (!in) {
      read.problems.push_back(overrides.config_file + ": cannot be read; --config names a YAML file");
      return read;
    }
    yaml.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  auto document = config::ConfigDocument::parse(yaml, overrides.config_file, environment);
  if (!document) {
    read.problems.push_back(document.error().message);
    return read;
  }
  read_all(**document, config);
  (*document)->finish();
  read.problems = (*document)->problems();
  if (overrides.data_dir) config.data_dir = *overrides.data_dir;
  if (overrides.listen) {
    for (auto& [name, settings] : config.receivers) settings.listen.address = *overrides.listen;
    config.api.address = *overrides.listen;
  }
  return read;
}

std::string print_config(const AppConfig& config) {
  YamlText yaml;
  yaml.value("data", config.data_dir, 0);
  yaml.value("io_threads", config.io_threads, 0);
  yaml.value("stop_deadline", config::duration_text(config.stop_deadline), 0);
  yaml.section("receivers", 0);
  for (const auto& [name, settings] : config.receivers) {
    yaml.section(name, 1);
    yaml.value("enabled", settings.is_enabled ? "true" : "false", 2);
    yaml.value("address", settings.listen.address, 2);
    yaml.value("port", settings.listen.port, 2);
    yaml.value("request_bytes_max", config::bytes_text(settings.listen.request_bytes_max), 2);
    yaml.value("allow_origins", quoted_list(settings.listen.allow_origins), 2);
  }
  yaml.section("journal", 0);
  yaml.value("sync", sync_text(config.journal.log.sync), 1);
  yaml.value("sync_interval", config::duration_text(config.journal.sync_interval), 1);
  yaml.value("bytes_max", config::bytes_text(config.journal.journal_bytes_max), 1);
  yaml.value("file_bytes_max", config::bytes_text(config.journal.log.file_bytes_max), 1);
  yaml.value("queue_bytes_max", config::bytes_text(config.journal.queue_bytes_max), 1);
  yaml.value("reserve_bytes", config::bytes_text(config.journal.reserve_bytes), 1);
  yaml.section("window", 0);
  yaml.value("shards", config.pipeline.shards, 1);
  yaml.value("idle", config::duration_text(config.pipeline.idle), 1);
  yaml.value("age_max", config::duration_text(config.pipeline.age_max), 1);
  yaml.value("seal_interval", config::duration_text(config.pipeline.seal_interval), 1);
  yaml.value("bytes_max", config::bytes_text(config.pipeline.window_bytes_max), 1);
  yaml.section("store", 0);
  yaml.section("retention", 1);
  yaml.value("age", config::duration_text(config.store.max_age), 2);
  yaml.value("bytes", config::bytes_text(config.store.max_bytes), 2);
  yaml.value("disk_share", std::to_string(config.store.max_disk_share), 2);
  yaml.section("api", 0);
  yaml.value("address", config.api.address, 1);
  yaml.value("port", config.api.port, 1);
  yaml.value("query_threads", config.api.query_threads, 1);
  yaml.value("query_deadline", config::duration_text(config.api.query_deadline), 1);
  yaml.value("default_lookback", config::duration_text(config.api.default_lookback), 1);
  yaml.section("telemetry", 0);
  yaml.value("log_level", config.log_level, 1);
  yaml.value("log_format", config.log_format, 1);
  return yaml.take();
}

}  // namespace filo::app
