// SpanWriter: gives spans their names, resources and attributes. Everything it makes lives in the batch's arena or in
// constant memory; what spans share (resources, scopes, fixed attributes) is made once a batch.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "model/span_batch.h"
#include "workload/service_map.h"
#include "workload/workload.h"

namespace filo::workload {

// How rich the spans of a profile are.
struct Richness {
  std::size_t services;
  std::size_t fixed;         // attributes that an operation's spans share
  std::size_t variable_min;  // attributes that differ
  std::size_t variable_max;
  std::size_t resource;       // attributes beside service.name
  double event_chance;        // of a small event; also of links on consumers
  double stack_trace_chance;  // of an exception event on a span with an error
  double sql_chance;          // that a statement is recorded where there could be one
};
const Richness& richness_of(Profile profile);

class SpanWriter {
 public:
  SpanWriter(const ServiceMap& map, Profile profile, SpanBatch& batch);

  // Fills everything but ids, times, kind and flags. `span.start`, `span.end` and `span.status` are already set.
  void write(Span& span, std::uint32_t operation, std::uint32_t instance, std::uint64_t trace_key, Random& random);

 private:
  struct Known {  // what spans of one operation share
    std::string_view name;
    std::span<const Attribute> fixed;
  };
  const Known& known(std::uint32_t operation);
  const Resource* resource(std::uint32_t service, std::uint32_t instance);
  const Scope* scope(SpanClass span_class);
  AttributeValue value(const VariableAttribute& attribute, const Span& span, std::uint64_t trace_key, Random& random);
  AttributeValue sql(Random& random);
  std::string_view numbered(std::string_view prefix, std::uint64_t number, std::size_t digits);
  void write_failure(Span& span, Random& random);
  void write_event(Span& span, Random& random);

  const ServiceMap& map_;
  const Richness& richness_;
  SpanBatch& batch_;
  std::vector<Known> known_;                // by operation; no name yet: not made
  std::vector<const Resource*> resources_;  // by service * instances_max + instance
  std::vector<const Scope*> scopes_;        // by class
};

inline constexpr std::size_t instances_max = 8;

}  // namespace filo::workload
