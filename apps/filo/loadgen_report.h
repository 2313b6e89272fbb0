// What a load run counted, and its two renderings. Latencies are kept in buckets three per cent wide, so that any
// number of requests takes the same 32 kB.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "loadgen_sender.h"
#include "workload/workload.h"

namespace filo::app {

class Latencies {
 public:
  void add(Duration latency);
  void add(const Latencies& other);
  std::uint64_t count() const { return count_; }
  Duration max() const { return max_; }
  Duration quantile(double q) const;  // the upper end of its bucket

 private:
  static constexpr std::size_t steps = 32;  // buckets per power of two
  std::array<std::uint64_t, 64 * steps> buckets_{};
  std::uint64_t count_ = 0;
  Duration max_{0};
};

struct Counts {
  std::uint64_t requests = 0;
  std::uint64_t spans = 0;
};

struct Tally {
  Counts sent;                       // batches made and given to the connection, each once however often it was tried
  Counts answered;                   // kept by the peer
  Counts refused;                    // in the end not kept, as far as the peer says
  Counts unknown;                    // in the end without an answer
  std::uint64_t rejected_spans = 0;  // left out of batches that were kept
  std::uint64_t tries = 0;
  std::uint64_t bytes = 0;
  std::map<std::string, Counts> statuses;  // of every try
  std::string first_reason;                // of a try that was not kept
  Latencies latencies;                     // of batches that were kept

  void add(const Tally& other);
};

// What the peer said to every batch of a group of traces, in the order of sending; only of groups with a batch that was
// not answered. Needed to know what must be there.
using Verdicts = std::map<std::uint64_t, std::vector<Verdict>>;

struct LoadResult {
  Tally tally;
  Verdicts imperfect_groups;
  std::uint64_t groups = 0;
  std::size_t group_traces = 0;
  std::uint64_t traces = 0;  // numbers 0 to this were sent
  Duration took{0};
};

std::string render_text(const LoadResult& result);
std::string render_json(const LoadResult& result, const workload::Settings& settings);

}  // namespace filo::app
