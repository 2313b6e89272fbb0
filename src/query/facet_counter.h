// FacetCounter: gathers the answer to one facet query, from spans or from what a store knows of many spans at once. One
// thread; bounded in the number of different things.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "query/trace_query.h"

namespace filo::query {

class FacetCounter {
 public:
  // The query outlives the counter.
  explicit FacetCounter(const FacetQuery& query) : query_(query) {}

  // A span with all that the query asks of it.
  void add(const Span& span);

  // For readers that know without looking at each span: what is counted from here to the next begin() is in so many
  // spans, each thing counted once however often it comes. Whether the query means these spans and levels is the
  // reader's to ask first.
  void begin(std::uint64_t spans);
  bool wants(const Resource& resource) const;
  bool looks_at(filter::Level level) const { return query_.level == filter::Level::any || query_.level == level; }
  void count(std::string_view name, SpanKind kind = SpanKind::unspecified, filter::Level level = filter::Level::span,
             ValueType type = ValueType::string);
  void count_keys(std::span<const Attribute> attributes, filter::Level level);
  void count_values(std::span<const Attribute> attributes);  // of the key that is asked for

  const FacetQuery& query() const { return query_; }
  bool is_full() const { return full_; }
  FacetPage take() const;  // with a warning when it was full

 private:
  using Key = std::tuple<std::string, SpanKind, filter::Level, ValueType>;
  using KeyView = std::tuple<std::string_view, SpanKind, filter::Level, ValueType>;
  struct Order {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a < b; }
  };
  struct Count {
    std::uint64_t spans = 0;
    std::uint64_t turn = 0;  // in which it was counted last
  };

  const FacetQuery& query_;
  std::map<Key, Count, Order> counts_;
  std::uint64_t turn_ = 0;
  std::uint64_t spans_ = 0;
  bool full_ = false;
};

}  // namespace filo::query
