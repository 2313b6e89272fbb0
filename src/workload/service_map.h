// ServiceMap: the made-up system that the spans come from: services, their operations and who calls whom. Built once
// from a seed; immutable, so any thread may read it. Call shapes repeat from trace to trace, as they do in production.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "workload/vocabulary.h"

namespace filo::workload {

struct Service {
  std::string name;
  std::string_view language;
  std::uint32_t instances = 1;
  bool has_microseconds = false;  // its SDK's clock ticks in whole microseconds
};

struct Operation {
  std::string name;
  std::uint32_t service = 0;
  SpanClass span_class = SpanClass::internal;
  double median_ns = 0;
  std::vector<std::uint32_t> calls;  // operations that it calls, most frequent first; empty for leaves
};

class ServiceMap {
 public:
  ServiceMap(std::uint64_t seed, std::size_t services);

  const std::vector<Service>& services() const { return services_; }
  const std::vector<Operation>& operations() const { return operations_; }
  // An operation that requests from outside call; a few are much more popular than the rest (Zipf).
  std::uint32_t entry(Random& random) const { return entries_[random.below(entries_.size())]; }

 private:
  std::uint32_t add(std::uint32_t service, SpanClass span_class, Random& random);
  void connect(std::uint32_t operation, const std::vector<std::uint32_t>& servers, Random& random);

  std::vector<Service> services_;
  std::vector<Operation> operations_;
  std::vector<std::uint32_t> entries_;  // by popularity: an operation stands here as often as its share
};

}  // namespace filo::workload
