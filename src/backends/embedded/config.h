// What may be chosen about the embedded store. A plain value, checked by whoever fills it in.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace filo::backends {

struct EmbeddedConfig {
  // Traces are removed when they are older than this; zero keeps them until space is short.
  Duration max_age = std::chrono::hours(24) * 7;
  // The oldest hours are removed when the parts take more than this; 0 for no limit.
  std::uint64_t max_bytes = 0;
  // … or when the disk, with everything on it, is fuller than this share.
  double max_disk_share = 0.9;
  // Parts are merged up to this size.
  std::uint64_t part_bytes_max = 512ULL << 20;
  // Small parts of the hour that is not over yet are merged when there are this many of them.
  std::size_t small_parts_max = 16;
  // How long after its end an hour may still get parts before it is merged for good.
  Duration hour_grace = std::chrono::minutes(5);
  // What readers keep of parts between questions (tables, dictionaries, filters) is given back above this.
  std::size_t resident_bytes_max = 256U << 20;
  int seal_zstd_level = 1;
  int compaction_zstd_level = 3;
};

}  // namespace filo::backends
