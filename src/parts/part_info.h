// PartInfo: what is known of a part from its footer alone. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace filo::parts {

struct PartInfo {
  std::uint64_t spans = 0;
  std::uint64_t pieces = 0;  // traces, counting a trace once for each of its pieces
  std::uint64_t pages = 0;
  std::uint64_t file_bytes = 0;
  Timestamp min_start;  // of spans
  Timestamp max_start;
  Timestamp max_end;
  std::uint64_t through_max = 0;
  std::uint32_t rewrites = 0;           // how many compactions its oldest bytes have seen
  std::vector<std::uint64_t> replaces;  // numbers of the parts it was made from
};

}  // namespace filo::parts
