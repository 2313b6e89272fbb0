#include "application.h"

#include <condition_variable>
#include <mutex>

#include "api/jaeger/jaeger_api.h"
#include "api/native/native_api.h"
#include "api/web/static_site.h"
#include "data_folder.h"
#include "endpoint.h"
#include "process_metrics.h"
#include "receivers/registry.h"
#include "telemetry/log.h"
#include "version.h"

namespace filo::app {
namespace {

constexpr Duration maintenance_interval = std::chrono::seconds(10);

net::ServerConfig server_config(const AppConfig& config) {
  net::ServerConfig server;
  server.io_threads = config.io_threads;
  return server;
}

}  // namespace

Application::Application(AppConfig config, Traffic traffic) : config_(std::move(config)), traffic_(traffic) {}

Application::~Application() { stop(); }

std::vector<std::string> Application::problems() const {
  std::vector<std::string> problems = data_folder_problems(files_, config_.data_dir);
  // Binds every port once and lets go, so that all that are taken are named together, before anything is written.
  auto probe = net::Server::create(server_config(config_), clock_);
  if (!probe) return problems.push_back(probe.error().message), problems;
  const auto try_port = [&](const std::string& name, const std::string& address, std::uint16_t port) {
    const auto bound = (*probe)->listen(name, address, port, net::Routes());
    if (!bound) problems.push_back(bound.error().message);
  };
  for (const auto* kind : receivers::all()) {
    const auto& settings = config_.receivers.at(kind->name);
    if (settings.is_enabled) try_port(kind->name, settings.listen.address, settings.listen.port);
  }
  try_port("api", config_.api.address, config_.api.port);
  return problems;
}

Result<void> Application::start() {
  started_ = clock_.now();
  if (auto opened = open_store(); !opened) return opened;
  live_reader_ = std::make_unique<pipeline::LiveReader>(pipeline_->shards());
  engine_ = std::make_unique<query::Engine>(
      std::vector<query::NamedReader>{{"window", live_reader_.get()}, {"store", store_.get()}}, clock_,
      query::EngineConfig{});
  query_workers_ = std::make_unique<api::QueryWorkers>(api::QueryWorkersConfig{.threads = config_.api.query_threads});
  if (auto bound = listen(); !bound) return bound;
  pipeline_->start(*journal_);
  if (traffic_ == Traffic::of_clients_and_demo) demo_.emplace(*pipeline_, clock_);
  maintenance_.emplace(
      "maintenance", [this](std::stop_token stop) { maintain(stop); }, Worker::Priority::background);
  server_->start();
  return {};
}

Result<void> Application::open_store() {
  auto lock = open_data_folder(files_, config_.data_dir);
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  auto store = backends::Embedded::create(files_, clock_, config_.data_dir + "/parts", config_.store);
  if (!store) return store.error();
  store_ = std::move(*store);
  pipeline_ = std::make_unique<pipeline::Pipeline>(config_.pipeline, *store_, clock_);

  Result<void> replayed;
  journal::JournalConfig journal_config = config_.journal;
  journal_config.log.sequence_min = store_->stored_through() + 1;
  auto journal = journal::Journal::open(files_, config_.data_dir + "/journal", journal_config, clock_,
                                        [&](journal::Sequence sequence, std::string_view payload) {
                                          if (replayed) replayed = pipeline_->replay(sequence, payload);
                                        });
  if (!journal) return journal.error();
  journal_ = std::move(*journal);
  if (!replayed) return replayed;
  const auto& report = journal_->replay();
  if (report.records > 0 || report.corruption_count > 0) {
    log::info("journal_replayed", {{"records", report.records},
                                   {"spans", pipeline_->metrics().replayed_spans.value()},
                                   {"torn_tail_bytes", report.torn_tail_bytes},
                                   {"corruptions", report.corruption_count}});
  }
  return {};
}

Result<void> Application::listen() {
  auto server = net::Server::create(server_config(config_), clock_);
  if (!server) return server.error();
  server_ = std::move(*server);
  const receivers::ReceiverContext context{*server_, *pipeline_, clock_};
  for (const auto* kind : receivers::all()) {
    const auto& settings = config_.receivers.at(kind->name);
    if (!settings.is_enabled) continue;
    auto receiver = kind->make(settings.listen, context);
    if (!receiver) return receiver.error();
    receivers_.push_back(std::move(*receiver));
  }
  net::Routes routes;
  add_own_routes(routes);
  const auto port = server_->listen("api", config_.api.address, config_.api.port, std::move(routes));
  if (!port) return port.error();
  return {};
}

void Application::add_own_routes(net::Routes& routes) {
  api::BootInfo boot;
  boot.version = version;
  for (const auto* kind : receivers::all()) {
    const auto& settings = config_.receivers.at(kind->name);
    if (!settings.is_enabled) continue;
    boot.endpoints.push_back({kind->protocol, endpoint_of(settings.listen.address, settings.listen.port)});
  }
  api::ApiLimits limits;
  limits.query_timeout = config_.api.query_deadline;
  limits.default_lookback = config_.api.default_lookback;
  const api::ApiContext context{*engine_, *query_workers_, clock_, boot, limits};
  api::add_native_api(routes, context);
  api::add_jaeger_api(routes, context);
  api::web::add_routes(routes, api::web::bundle());
  const auto text = [](net::Responder& responder, int status, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.add("content-type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = std::move(body);
    responder.respond(std::move(response));
  };
  routes.http("GET", "/metrics", [this, text](net::Request, std::unique_ptr<net::Responder> responder) {
    text(*responder, 200, metrics_text());
  });
  routes.http("GET", "/healthz",
              [text](net::Request, std::unique_ptr<net::Responder> responder) { text(*responder, 200, "ok\n"); });
  routes.http("GET", "/readyz", [this, text](net::Request, std::unique_ptr<net::Responder> responder) {
    const std::string reason = not_ready_reason();
    text(*responder, reason.empty() ? 200 : 503, (reason.empty() ? "ready" : reason) + "\n");
  });
}

std::string Application::not_ready_reason() const {
  if (is_stopping_.load()) return "stopping";
  const journal::Refusal refusal = journal_->refusal();
  if (refusal != journal::Refusal::none) return "spans are refused: " + std::string(name_of(refusal));
  return "";
}

std::string Application::metrics_text() const {
  telemetry::MetricWriter writer;
  for (const auto& receiver : receivers_) receiver->describe(writer);
  if (demo_) demo_->describe(writer);
  describe(*pipeline_, writer);
  describe(journal_->metrics(), writer);
  describe(store_->metrics(), writer);
  describe(server_->metrics(), writer);
  describe(query_workers_->metrics(), writer);
  describe_process(started_, writer);
  return writer.text();
}

void Application::maintain(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wait;
  while (!stop.stop_requested()) {
    if (auto done = store_->maintain(stop); !done) {
      static log::Every every(std::chrono::seconds(60));
      if (every.due(clock_)) log::warning("store_maintenance_failed", {{"error", done.error().message}});
    }
    std::unique_lock lock(mutex);
    (void)wait.wait_for(lock, stop, maintenance_interval, [] { return false; });
  }
}

void Application::stop() {
  if (is_stopping_.exchange(true)) return;
  const Deadline deadline = Deadline::after(clock_, config_.stop_deadline);
  if (demo_) demo_->stop();
  if (server_) server_->stop(deadline);
  if (query_workers_) query_workers_->stop();
  if (pipeline_) pipeline_->stop(deadline);
  if (journal_) journal_->close();
  if (maintenance_) maintenance_->stop();
}

}  // namespace filo::app
