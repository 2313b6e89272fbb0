// ApiContext: exactly what the query APIs need. Built by the app; what it refers to outlives the server.
#pragma once

#include <string>
#include <vector>

#include "api/query_workers.h"
#include "base/clock.h"
#include "query/engine.h"

namespace filo::api {

// What a server tells about itself.
struct BootInfo {
  struct Endpoint {
    std::string protocol;  // "OTLP/gRPC"
    std::string address;   // "127.0.0.1:4317"
  };
  std::string version;
  std::vector<Endpoint> endpoints;  // where spans can be sent
};

struct ApiLimits {
  std::size_t search_limit_max = 1500;                // traces a page
  std::size_t answer_bytes_max = 256U << 20;          // of an answer that is made whole before it is sent
  std::size_t request_bytes_max = 1U << 20;           // of a request's body
  std::size_t open_traces_bytes_max = 256U << 20;     // of the few traces that are kept put together
  Duration query_timeout = std::chrono::seconds(30);  // of one question, waiting for a worker included
  Duration default_lookback = std::chrono::hours(1);  // of a search that names no time
  Duration clocks_ahead = std::chrono::hours(1);      // how far into the future a search without an end looks
  Duration progress_interval = std::chrono::milliseconds(200);
};

struct ApiContext {
  const query::Engine& engine;
  QueryWorkers& workers;
  const Clock& clock;
  BootInfo boot;
  ApiLimits limits;
};

}  // namespace filo::api
