// NamedReader: a reader and what people call it in warnings.
#pragma once

#include <string>

#include "query/trace_reader.h"

namespace filo::query {

struct NamedReader {
  std::string name;  // "window", "embedded"
  const TraceReader* reader = nullptr;
};

}  // namespace filo::query
