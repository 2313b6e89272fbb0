#include "parts/row_condition.h"

#include <algorithm>

#include "base/hash.h"
#include "parts/hash_filter.h"

namespace filo::parts {
namespace {

using filter::Condition;
using filter::Field;
using filter::Level;
using filter::Op;

// A span of which only one thing is of interest.
struct BareSpan {
  Resource resource;
  Scope scope;
  Span span;

  BareSpan() {
    span.resource = &resource;
    span.scope = &scope;
  }
};

bool has_any(const std::vector<std::uint8_t>& matches) {
  return std::find(matches.begin(), matches.end(), std::uint8_t{1}) != matches.end();
}

bool is_equality_of_text(const Condition& condition) { return condition.op == Op::equal; }

bool matches_value(const Condition& condition, const AttributeValue& value) {
  return condition.op == Op::exists || filter::matches(condition, value);
}

AttributeValue zero_value(ValueType type) {
  switch (type) {
    case ValueType::string:
      return AttributeValue::of_string({});
    case ValueType::bytes:
      return AttributeValue::of_bytes({});
    case ValueType::boolean:
      return AttributeValue::of_bool(false);
    case ValueType::int64:
      return AttributeValue::of_int(0);
    case ValueType::float64:
      return AttributeValue::of_double(0);
    default:
      return {};
  }
}

}  // namespace

Result<RowCondition> RowCondition::create(const Part& part, const Contents& contents, const Condition& condition) {
  RowCondition made(contents, condition);
  if (auto prepared = made.prepare(part); !prepared) return prepared.error();
  return made;
}

Result<void> RowCondition::prepare(const Part& part) {
  switch (condition_->field) {
    case Field::service:
      source_ = Source::resource;
      prepare_resources();
      may_match_ = any_resource_;
      return {};
    case Field::operation: {
      source_ = Source::name;
      cost_ = 1;
      ValueColumn names;
      names.column = column_name;
      if (auto prepared = prepare_text_column(part, names); !prepared) return prepared;
      columns_.push_back(std::move(names));
      return {};
    }
    case Field::kind:
      source_ = Source::kind;
      prepare_numbers();
      return {};
    case Field::status:
      source_ = Source::status;
      prepare_numbers();
      return {};
    case Field::duration:
      source_ = Source::duration;
      cost_ = 2;
      return {};
    case Field::event_name:
      source_ = Source::events;
      prepare_events();
      may_match_ = in_events_ || without_events_;
      cost_ = 100;
      return {};
    case Field::attribute:
      return prepare_attribute(part);
    default:
      break;
  }
  // What is left are fields of the scope.
  source_ = Source::scope;
  prepare_scopes();
  may_match_ = any_scope_;
  return {};
}

void RowCondition::prepare_resources() {
  BareSpan bare;
  for (const auto& resource : contents_->tables.resources) {
    bare.resource = resource;
    resources_.push_back(filter::matches(*condition_, bare.span) ? 1 : 0);
  }
  any_resource_ = has_any(resources_);
}

void RowCondition::prepare_scopes() {
  BareSpan bare;
  for (const auto& scope : contents_->tables.scopes) {
    bare.scope = scope;
    scopes_.push_back(filter::matches(*condition_, bare.span) ? 1 : 0);
  }
  any_scope_ = has_any(scopes_);
}

void RowCondition::prepare_numbers() {
  BareSpan bare;
  for (int number = 0; number < 256; ++number) {
    bare.span.kind = static_cast<SpanKind>(number);
    bare.span.status = static_cast<StatusCode>(number);
    numbers_.push_back(filter::matches(*condition_, bare.span) ? 1 : 0);
  }
}

void RowCondition::prepare_events() {
  const BareSpan bare;
  without_events_ = filter::matches(*condition_, bare.span);
  const Tables& tables = contents_->tables;
  in_events_ = !contents_->directory.chunks[column_events].empty();
  if (!in_events_ || !tables.events_whole) return;
  if (condition_->field == Field::event_name) {
    if (condition_->op == Op::exists || condition_->op == Op::absent) return;
    in_events_ = std::any_of(tables.event_names.begin(), tables.event_names.end(),
                             [this](const std::string& name) { return filter::matches_text(*condition_, name); });
  } else {
    in_events_ = std::any_of(tables.event_keys.begin(), tables.event_keys.end(),
                             [this](const EventKey& key) { return key.key == condition_->key; });
  }
}

Result<void> RowCondition::prepare_text_column(const Part& part, ValueColumn& values) {
  values.zero_matches = matches_value(*condition_, AttributeValue::of_string({}));
  const ColumnEntry& entry = contents_->tables.columns[values.column];
  if (!entry.dictionary.is_empty()) {
    const auto dictionary = part.dictionary(*contents_, values.column);
    if (!dictionary) return dictionary.error();
    values.dictionary_matches.resize((*dictionary)->size());
    for (std::size_t i = 0; i < (*dictionary)->size(); ++i) {
      const bool hit = matches_value(*condition_, AttributeValue::of_string((**dictionary)[i]));
      values.dictionary_matches[i] = hit ? 1 : 0;
      if (hit) values.matching_codes.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (!is_equality_of_text(*condition_) || entry.value_filters.is_empty()) return {};
  const auto filters = part.value_filters(*contents_, values.column);
  if (!filters) return filters.error();
  for (const auto& chunk : contents_->directory.chunks[values.column]) {
    if (chunk.encoding == Encoding::strings) values.filtered_pages.push_back(chunk.page);
  }
  if ((*filters)->size() != values.filtered_pages.size()) return part.corrupt(entry.value_filters, "not one a page");
  values.value_filters = *filters;
  return {};
}

Result<void> RowCondition::prepare_attribute(const Part& part) {
  const Condition& asked = *condition_;
  if (asked.op == Op::absent) {
    presence_ = asked;
    presence_.op = Op::exists;
    negated_ = true;
  }
  // From here on `absent` is asked as `exists` on each level by itself, and turned around at the end.
  Condition of_level = negated_ ? presence_ : asked;
  const Level level = asked.level;
  const auto looks_at = [level](Level at) { return level == Level::any || level == at; };
  const Condition* const original = condition_;
  condition_ = &of_level;
  Result<void> result;
  if (looks_at(Level::resource)) of_level.level = Level::resource, prepare_resources();
  if (looks_at(Level::scope)) of_level.level = Level::scope, prepare_scopes();
  if (looks_at(Level::event)) of_level.level = Level::event, prepare_events();
  for (std::uint32_t number = fixed_columns; number < contents_->tables.columns.size(); ++number) {
    const ColumnEntry& entry = contents_->tables.columns[number];
    if (!looks_at(Level::span) || entry.key != asked.key || !result) continue;
    ValueColumn values;
    values.column = number;
    values.per_shape = values_per_shape(contents_->tables, number);
    values.zero_matches = matches_value(of_level, zero_value(entry.type));
    if (entry.type == ValueType::string && of_level.op != Op::exists) result = prepare_text_column(part, values);
    columns_.push_back(std::move(values));
  }
  condition_ = original;
  in_loose_ = looks_at(Level::span) && !contents_->directory.chunks[column_loose_attributes].empty();
  may_match_ = negated_ || any_resource_ || any_scope_ || in_events_ || in_loose_ || !columns_.empty();
  cost_ = in_events_ || in_loose_ ? 50 : (columns_.empty() ? 0 : 5);
  return result;
}

bool RowCondition::duration_may_match(const PageEntry& entry) const {
  const std::int64_t operand = condition_->integer.value_or(0);
  switch (condition_->op) {
    case Op::equal:
      return entry.min_duration <= operand && operand <= entry.max_duration;
    case Op::greater:
      return entry.max_duration > operand;
    case Op::greater_equal:
      return entry.max_duration >= operand;
    case Op::less:
      return entry.min_duration < operand;
    case Op::less_equal:
      return entry.min_duration <= operand;
    default:
      return true;
  }
}

bool RowCondition::can_match_in_page(const ValueColumn& values, std::uint32_t page) const {
  const ColumnChunk* chunk = contents_->directory.find(values.column, page);
  if (chunk == nullptr) return values.zero_matches;
  if (chunk->encoding == Encoding::dictionary) {
    // Dictionaries grow as pages are written, so that a rare value's position names few pages.
    const auto& codes = values.matching_codes;
    const auto at = std::lower_bound(codes.begin(), codes.end(), chunk->low,
                                     [](std::uint32_t code, std::int64_t low) { return code < low; });
    return at != codes.end() && (!chunk->has_bounds || *at <= chunk->high);
  }
  if (chunk->has_bounds && condition_->integer && !negated_) {
    const std::int64_t operand = *condition_->integer;
    if (condition_->op == Op::equal) return chunk->low <= operand && operand <= chunk->high;
    if (condition_->op == Op::greater) return chunk->high > operand;
    if (condition_->op == Op::less) return chunk->low < operand;
  }
  if (chunk->encoding != Encoding::strings || !values.value_filters) return true;
  const auto at = std::lower_bound(values.filtered_pages.begin(), values.filtered_pages.end(), page);
  const auto position = static_cast<std::size_t>(at - values.filtered_pages.begin());
  return may_contain((*values.value_filters)[position], hash64(condition_->text));
}

bool RowCondition::may_match(std::uint32_t page) const {
  if (!may_match_) return false;
  const PageEntry& entry = contents_->directory.pages[page];
  const auto has_chunk = [this, page](std::uint32_t column) {
    return contents_->directory.find(column, page) != nullptr;
  };
  switch (source_) {
    case Source::duration:
      return duration_may_match(entry);
    case Source::status:
      return entry.has_error || numbers_[0] != 0 || numbers_[1] != 0;
    case Source::events:
      return without_events_ || (in_events_ && has_chunk(column_events));
    case Source::name:
      return can_match_in_page(columns_.front(), page);
    case Source::attribute:
      break;
    default:
      return true;
  }
  if (negated_ || any_resource_ || any_scope_) return true;
  if (in_loose_ && has_chunk(column_loose_attributes)) return true;
  if (in_events_ && has_chunk(column_events)) return true;
  return std::any_of(columns_.begin(), columns_.end(), [this, page](const ValueColumn& values) {
    if (condition_->op == Op::exists) return true;
    return can_match_in_page(values, page);
  });
}

void RowCondition::apply(Page& page, RowMask& rows) const {
  RowMask hits(rows.size(), 0);
  switch (source_) {
    case Source::resource:
      add_table_matches(page, column_resource, resources_, hits);
      break;
    case Source::scope:
      add_table_matches(page, column_scope, scopes_, hits);
      break;
    case Source::kind:
      add_table_matches(page, column_kind_of_span, numbers_, hits);
      break;
    case Source::status:
      add_table_matches(page, column_status, numbers_, hits);
      break;
    case Source::name:
      add_text_matches(page, hits);
      break;
    case Source::duration:
      add_number_matches(page, hits);
      break;
    case Source::events:
      add_event_matches(page, rows, hits);
      break;
    case Source::attribute:
      if (any_resource_) add_table_matches(page, column_resource, resources_, hits);
      if (any_scope_) add_table_matches(page, column_scope, scopes_, hits);
      for (const auto& values : columns_) add_value_matches(page, values, hits);
      if (in_loose_) add_loose_matches(page, hits);
      if (in_events_) add_event_matches(page, rows, hits);
      break;
  }
  const std::uint8_t turned = negated_ ? 1 : 0;
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] &= static_cast<std::uint8_t>(hits[row] ^ turned);
}

void RowCondition::add_table_matches(Page& page, std::uint32_t number, const std::vector<std::uint8_t>& table,
                                     RowMask& hits) const {
  const Page::Column& column = page.column(number);
  if (column.is_absent() || column.numbers().is_constant()) {
    const std::uint64_t code = column.number(0);
    if (code < table.size() && table[static_cast<std::size_t>(code)] != 0) std::fill(hits.begin(), hits.end(), 1);
    return;
  }
  for (std::size_t row = 0; row < hits.size(); ++row) {
    const std::uint64_t code = column.numbers()[row];
    if (code < table.size()) hits[row] |= table[static_cast<std::size_t>(code)];
  }
}

void RowCondition::add_text_matches(Page& page, RowMask& hits) const {
  for (const auto i : value_matches(page, columns_.front())) hits[i] = 1;
  if (page.column(column_name).is_absent() && columns_.front().zero_matches) std::fill(hits.begin(), hits.end(), 1);
}

void RowCondition::add_number_matches(Page& page, RowMask& hits) const {
  const Page::Column& column = page.column(column_duration);
  BareSpan bare;
  for (std::size_t row = 0; row < hits.size(); ++row) {
    bare.span.end = bare.span.start + Duration(static_cast<std::int64_t>(column.number(row)));
    if (filter::matches(*condition_, bare.span)) hits[row] = 1;
  }
}

// Which of the column's values in this page match, ascending. Nothing for a column that the page leaves out.
std::vector<std::uint32_t> RowCondition::value_matches(Page& page, const ValueColumn& values) const {
  std::vector<std::uint32_t> matches;
  const Page::Column& column = page.column(values.column);
  if (column.is_absent()) return matches;
  const auto add_where = [&](auto holds) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (holds(i)) matches.push_back(static_cast<std::uint32_t>(i));
    }
  };
  const Condition& condition = *condition_;
  if (column.has_codes()) {
    const auto& hits = values.dictionary_matches;
    if (!values.matching_codes.empty()) {
      add_where([&](std::size_t i) { return hits[static_cast<std::size_t>(column.numbers()[i])] != 0; });
    }
    return matches;
  }
  const ValueType type = contents_->tables.columns[values.column].type;
  if (column_kind(values.column, type) == ColumnKind::text) {
    if (is_equality_of_text(condition)) {
      add_where([&](std::size_t i) { return column.text(i) == condition.text; });
    } else {
      add_where([&](std::size_t i) { return filter::matches(condition, AttributeValue::of_string(column.text(i))); });
    }
    return matches;
  }
  Arena arena;
  add_where([&](std::size_t i) { return filter::matches(condition, page.value(values.column, i, arena)); });
  return matches;
}

void RowCondition::add_value_matches(Page& page, const ValueColumn& values, RowMask& hits) const {
  const bool asks_presence = negated_ || condition_->op == Op::exists;
  if (!asks_presence && !can_match_in_page(values, page.number())) return;
  const bool all = asks_presence || (page.column(values.column).is_absent() && values.zero_matches);
  std::vector<std::uint32_t> matches;
  if (!all) {
    matches = value_matches(page, values);
    if (matches.empty()) return;
  }
  const auto positions = page.positions(values.per_shape);
  if (!page.ok()) return;
  std::size_t next = 0;
  for (std::size_t row = 0; row < hits.size(); ++row) {
    if (positions[row] == positions[row + 1]) continue;
    while (next < matches.size() && matches[next] < positions[row]) ++next;
    if (all || (next < matches.size() && matches[next] < positions[row + 1])) hits[row] = 1;
  }
}

void RowCondition::add_loose_matches(Page& page, RowMask& hits) const {
  const Page::Column& shapes = page.column(column_shape);
  const Condition& condition = negated_ ? presence_ : *condition_;
  std::size_t ordinal = 0;
  for (std::size_t row = 0; row < hits.size() && page.ok(); ++row) {
    if (shapes.number(row) != 0) continue;
    Arena arena;
    for (const auto& attribute : page.loose_attributes(ordinal++, arena)) {
      if (attribute.key == condition.key && matches_value(condition, attribute.value)) hits[row] = 1;
    }
  }
}

void RowCondition::add_event_matches(Page& page, const RowMask& wanted, RowMask& hits) const {
  const Page::Column& column = page.column(column_events);
  BareSpan bare;
  Condition of_events = negated_ ? presence_ : *condition_;
  of_events.level = Level::event;
  const std::uint8_t without = source_ == Source::events && without_events_ ? 1 : 0;
  for (std::size_t row = 0; row < hits.size() && page.ok(); ++row) {
    if (wanted[row] == 0 || hits[row] != 0) continue;
    if (column.text(row).empty()) {
      hits[row] = without;
      continue;
    }
    Arena arena;
    bare.span.events = page.events(row, Timestamp{}, arena);
    if (filter::matches(of_events, bare.span)) hits[row] = 1;
  }
}

}  // namespace filo::parts
