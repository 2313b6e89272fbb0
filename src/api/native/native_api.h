// Our own query API under /api/x/v1, as proto/filo/query.openapi.yaml describes it.
#pragma once

#include "api/context.h"
#include "net/server.h"

namespace filo::api {

// The context's references outlive the server that serves the routes.
void add_native_api(net::Routes& routes, ApiContext context);

}  // namespace filo::api
