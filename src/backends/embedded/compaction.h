// Compaction: several small parts of one hour become one. Pieces of a trace are joined, spans that were stored twice
// are dropped. Memory: about a page of each input. A crash at any moment neither loses nor doubles: the new part names
// those it replaces, and they go only when it is durable.
#pragma once

#include <optional>
#include <stop_token>

#include "backends/embedded/catalogue.h"
#include "backends/embedded/config.h"

namespace filo::backends {

class Compaction {
 public:
  Compaction(io::FileSystem& files, Catalogue& catalogue, const EmbeddedConfig& config, EmbeddedMetrics& metrics)
      : files_(files), catalogue_(catalogue), config_(config), metrics_(metrics) {}

  // Merges one group of parts, if some group is worth it. False when there is nothing to do. One thread.
  Result<bool> step(Timestamp now, const std::stop_token& stop);

 private:
  using Group = std::vector<CatalogueEntry>;

  Group choose(Timestamp now) const;
  Group choose_in_hour(Group candidates, std::size_t count_min) const;
  Result<void> merge(const Group& group, const std::stop_token& stop);
  Result<std::uint64_t> write_merged(const Group& group, std::uint64_t number, const std::stop_token& stop);

  io::FileSystem& files_;
  Catalogue& catalogue_;
  const EmbeddedConfig& config_;
  EmbeddedMetrics& metrics_;
  // Parts with damaged pages: what can be read of them stays readable, and rewriting them would hide the damage.
  std::set<std::uint64_t> left_alone_;
};

}  // namespace filo::backends
