// What the process itself uses, by the names that Prometheus client libraries have for it.
#pragma once

#include "base/clock.h"
#include "telemetry/metrics.h"

namespace filo::app {

void describe_process(Timestamp started, telemetry::MetricWriter& writer);

}  // namespace filo::app
