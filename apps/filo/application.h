// Application: the all-in-one server, built from its configuration, in the order in which data flows; stopped in
// reverse. The only place that names concrete classes.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/query_workers.h"
#include "app_config.h"
#include "backends/embedded/embedded.h"
#include "base/clock.h"
#include "concurrency/worker.h"
#include "demo_traffic.h"
#include "io/posix_file_system.h"
#include "journal/journal.h"
#include "net/server.h"
#include "pipeline/live_reader.h"
#include "pipeline/pipeline.h"
#include "query/engine.h"
#include "receivers/receiver.h"

namespace filo::app {

class Application {
 public:
  enum class Traffic : std::uint8_t { of_clients, of_clients_and_demo };

  Application(AppConfig config, Traffic traffic);
  ~Application();

  // Everything that is wrong before anything is touched: ports, the data folder.
  std::vector<std::string> problems() const;
  // Opens the data folder, replays the journal, binds the ports and begins to serve.
  Result<void> start();
  // Stops listening, answers what is in flight, writes every trace out. Nothing answered is lost, however it ends.
  void stop();

 private:
  Result<void> open_store();
  Result<void> listen();
  void add_own_routes(net::Routes& routes);
  std::string metrics_text() const;
  // Empty when the server takes spans and answers queries, else why not.
  std::string not_ready_reason() const;
  void maintain(const std::stop_token& stop);

  const AppConfig config_;
  const Traffic traffic_;
  SystemClock clock_;
  io::PosixFileSystem files_;
  std::unique_ptr<io::Lock> lock_;
  std::unique_ptr<backends::Embedded> store_;
  std::unique_ptr<journal::Journal> journal_;  // outlives the pipeline, which waits for its answers
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::unique_ptr<pipeline::LiveReader> live_reader_;
  std::unique_ptr<query::Engine> engine_;
  std::unique_ptr<api::QueryWorkers> query_workers_;
  std::unique_ptr<net::Server> server_;
  std::vector<std::unique_ptr<receivers::Receiver>> receivers_;
  std::optional<DemoTraffic> demo_;
  std::atomic<bool> is_stopping_{false};
  Timestamp started_;
  std::optional<Worker> maintenance_;  // last: it uses the store
};

}  // namespace filo::app
