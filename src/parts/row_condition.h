// RowCondition: one condition of a filter made ready for one part: what it says of every resource, scope and dictionary
// entry is known before the first row is looked at. Internal to src/parts.
#pragma once

#include <memory>
#include <vector>

#include "filter/span_filter.h"
#include "parts/page.h"

namespace filo::parts {

// One byte a row: 1 where something holds.
using RowMask = std::vector<std::uint8_t>;

class RowCondition {
 public:
  // The condition outlives this.
  static Result<RowCondition> create(const Part& part, const Contents& contents, const filter::Condition& condition);

  // False: no row of the part can meet it.
  bool may_match() const { return may_match_; }
  // Decided from the directory and filters alone. False: no row of the page can meet it.
  bool may_match(std::uint32_t page) const;
  // Clears the rows that do not meet it. The page's error() says when that could not be found out.
  void apply(Page& page, RowMask& rows) const;
  // Roughly: those that read least come first.
  int cost() const { return cost_; }

 private:
  // A column whose values stand under the condition's key.
  struct ValueColumn {
    std::uint32_t column = 0;
    std::vector<std::uint32_t> per_shape;  // values_per_shape()
    bool zero_matches = false;             // a value that the page leaves out
    std::vector<std::uint8_t> dictionary_matches;
    std::vector<std::uint32_t> matching_codes;     // the same as a list, ascending
    std::shared_ptr<const Strings> value_filters;  // null: every page has to be read
    std::vector<std::uint32_t> filtered_pages;     // the pages of those filters
  };
  enum class Source { resource, scope, name, kind, status, duration, attribute, events };

  RowCondition(const Contents& contents, const filter::Condition& condition)
      : contents_(&contents), condition_(&condition) {}

  Result<void> prepare(const Part& part);
  Result<void> prepare_attribute(const Part& part);
  Result<void> prepare_text_column(const Part& part, ValueColumn& values);
  void prepare_resources();
  void prepare_scopes();
  void prepare_numbers();
  void prepare_events();
  bool can_match_in_page(const ValueColumn& values, std::uint32_t page) const;
  bool duration_may_match(const PageEntry& entry) const;

  void add_table_matches(Page& page, std::uint32_t column, const std::vector<std::uint8_t>& table, RowMask& hits) const;
  void add_text_matches(Page& page, RowMask& hits) const;
  void add_number_matches(Page& page, RowMask& hits) const;
  void add_value_matches(Page& page, const ValueColumn& values, RowMask& hits) const;
  std::vector<std::uint32_t> value_matches(Page& page, const ValueColumn& values) const;
  void add_loose_matches(Page& page, RowMask& hits) const;
  void add_event_matches(Page& page, const RowMask& wanted, RowMask& hits) const;

  const Contents* contents_;
  const filter::Condition* condition_;
  filter::Condition presence_;  // stands for `absent`, which is its negation
  bool negated_ = false;
  Source source_ = Source::attribute;
  std::vector<std::uint8_t> resources_;  // by number, what the condition says
  std::vector<std::uint8_t> scopes_;
  std::vector<std::uint8_t> numbers_;  // by kind or status
  std::vector<ValueColumn> columns_;
  bool any_resource_ = false;
  bool any_scope_ = false;
  bool in_events_ = false;       // events have to be looked at
  bool without_events_ = false;  // what it says of a span without events
  bool in_loose_ = false;
  bool may_match_ = true;
  int cost_ = 0;
};

}  // namespace filo::parts
