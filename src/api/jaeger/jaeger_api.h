// Jaeger's HTTP JSON query API under /api, for tools that speak it (Grafana, scripts, Jaeger's own UI).
#pragma once

#include "api/context.h"
#include "net/server.h"

namespace filo::api {

// The context's references outlive the server that serves the routes.
void add_jaeger_api(net::Routes& routes, ApiContext context);

}  // namespace filo::api
