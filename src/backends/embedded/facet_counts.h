// FacetCounts: gathers the answer to one facet query from parts. One thread; bounded in the number of different things.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "parts/census.h"
#include "query/trace_query.h"

namespace filo::backends {

class FacetCounts {
 public:
  explicit FacetCounts(const query::FacetQuery& query) : query_(query) {}

  Result<void> add(const parts::Part& part, Deadline deadline);
  bool is_full() const { return full_; }
  query::FacetPage take();

 private:
  using Key = std::tuple<std::string, SpanKind, filter::Level, ValueType>;

  void count(std::string_view name, std::uint64_t spans, SpanKind kind = SpanKind::unspecified,
             filter::Level level = filter::Level::span, ValueType type = ValueType::string);
  void count_keys(std::span<const Attribute> attributes, filter::Level level, std::uint64_t spans);
  void count_values(std::span<const Attribute> attributes, std::uint64_t spans);
  void count_group(const parts::SpanGroup& group, const parts::Contents& contents);
  void count_loose(const Span& span);
  Result<void> add_values(const parts::Part& part, const parts::Contents& contents, Deadline deadline);
  bool is_wanted(const Resource& resource) const;
  bool looks_at(filter::Level level) const { return query_.level == filter::Level::any || query_.level == level; }

  const query::FacetQuery& query_;
  std::map<Key, std::uint64_t> counts_;
  bool full_ = false;
};

}  // namespace filo::backends
