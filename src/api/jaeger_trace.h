// A trace as Jaeger's JSON: what its query API answers and its UI reads from files. OTLP's extras become tags as the
// OpenTelemetry collector's Jaeger translator names them. Pure.
#pragma once

#include <string>

#include "model/trace.h"

namespace filo::api {

// {"traceID":…,"spans":[…],"processes":{…},"warnings":null}
void append_jaeger_trace(std::string& out, const Trace& trace);
// 16 digits when the high half is zero, else 32.
std::string jaeger_trace_id(TraceId id);

}  // namespace filo::api
