#include "query/trace_query.h"

#include <algorithm>

namespace filo::query {

void ScanReport::warn(std::string warning) {
  constexpr std::size_t warnings_max = 8;
  complete = false;
  if (warnings.size() >= warnings_max) return;
  if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(std::move(warning));
}

void ScanReport::add(const ScanReport& other) {
  spans += other.spans;
  bytes += other.bytes;
  complete = complete && other.complete;
  for (const auto& warning : other.warnings) warn(warning);
}

}  // namespace filo::query
