#include "workload/service_map.h"

#include <algorithm>
#include <cmath>

namespace filo::workload {
namespace {

constexpr std::size_t entry_slots = 4096;

std::string service_name(std::size_t i) {
  const auto names = service_names();
  std::string name(names[i % names.size()]);
  if (i >= names.size()) name += "-" + std::to_string(i / names.size() + 1);
  return name;
}

// Published call graphs: half of the services have two operations, one in ten has eight, one in a hundred 26.
std::size_t operation_count(Random& random) {
  const double u = random.unit();
  if (u < 0.5) return 1 + random.below(2);
  if (u < 0.9) return 3 + random.below(6);
  return 9 + random.below(18);
}

}  // namespace

ServiceMap::ServiceMap(std::uint64_t seed, std::size_t services) {
  Random random(seed);
  std::vector<std::uint32_t> servers;
  for (std::size_t i = 0; i < services; ++i) {
    services_.push_back({.name = service_name(i),
                         .language = languages()[random.below(languages().size())],
                         .instances = static_cast<std::uint32_t>(1 + random.below(8)),
                         .has_microseconds = random.chance(0.7)});
    const std::size_t count = operation_count(random);
    const bool is_web = i == 0 || random.chance(0.3);
    for (std::size_t k = 0; k < count; ++k) {
      servers.push_back(
          add(static_cast<std::uint32_t>(i), is_web ? SpanClass::http_server : SpanClass::rpc_server, random));
    }
  }
  for (const auto server : servers) connect(server, servers, random);

  double total = 0;
  for (std::size_t rank = 0; rank < servers.size(); ++rank) total += std::pow(static_cast<double>(rank + 1), -1.1);
  for (std::size_t rank = 0; rank < servers.size(); ++rank) {
    const double share = std::pow(static_cast<double>(rank + 1), -1.1) / total;
    const auto slots = std::max<std::size_t>(1, static_cast<std::size_t>(share * entry_slots));
    entries_.insert(entries_.end(), slots, servers[rank]);
  }
}

std::uint32_t ServiceMap::add(std::uint32_t service, SpanClass span_class, Random& random) {
  const auto& words = vocabulary_of(span_class);
  Operation operation;
  operation.name = words.names[random.below(words.names.size())];
  operation.service = service;
  operation.span_class = span_class;
  operation.median_ns = static_cast<double>(words.median_ns) * (0.3 + 2 * random.unit());
  operations_.push_back(std::move(operation));
  return static_cast<std::uint32_t>(operations_.size() - 1);
}

// Gives a server operation what it calls: mostly stores, sometimes another service through a client span, sometimes a
// topic that somebody consumes.
void ServiceMap::connect(std::uint32_t operation, const std::vector<std::uint32_t>& servers, Random& random) {
  const std::uint32_t service = operations_[operation].service;
  std::vector<std::uint32_t> calls;
  const std::size_t count = 1 + random.below(6);
  for (std::size_t i = 0; i < count; ++i) {
    const double u = random.unit();
    if (u < 0.25) {
      calls.push_back(add(service, SpanClass::database, random));
    } else if (u < 0.5) {
      calls.push_back(add(service, SpanClass::cache, random));
    } else if (u < 0.65) {
      calls.push_back(add(service, SpanClass::internal, random));
    } else if (u < 0.95) {
      const std::uint32_t target = servers[random.below(servers.size())];
      const bool is_web = operations_[target].span_class == SpanClass::http_server;
      const std::uint32_t client = add(service, is_web ? SpanClass::http_client : SpanClass::rpc_client, random);
      operations_[client].name = operations_[target].name;
      operations_[client].calls = {target};
      calls.push_back(client);
    } else {
      const std::uint32_t producer = add(service, SpanClass::producer, random);
      const auto consumer_service = static_cast<std::uint32_t>(random.below(services_.size()));
      const std::uint32_t consumer = add(consumer_service, SpanClass::consumer, random);
      const std::uint32_t store = add(consumer_service, SpanClass::database, random);
      operations_[consumer].calls = {store};
      operations_[producer].calls = {consumer};
      calls.push_back(producer);
    }
  }
  operations_[operation].calls = std::move(calls);
}

}  // namespace filo::workload
