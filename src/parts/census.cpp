#include "parts/census.h"

#include "parts/page.h"

namespace filo::parts {
namespace {

Error out_of_time() { return {ErrorCode::deadline_exceeded, "not every page could be looked at in time"}; }

// Calls `look` with every page; remembers the first error and goes on.
template <typename Look>
Result<void> each_page(const Part& part, const Contents& contents, Deadline deadline, Look look) {
  Result<void> result;
  for (std::uint32_t number = 0; number < contents.directory.pages.size(); ++number) {
    if (deadline.expired()) return out_of_time();
    Page page(part, contents, number);
    look(page);
    if (!page.ok() && result) result = page.error();
  }
  return result;
}

void visit_page_groups(Page& page, const std::function<void(const SpanGroup&)>& visit) {
  const Page::Column& names = page.column(column_name);
  const Page::Column& kinds = page.column(column_kind_of_span);
  for (std::size_t row = 0; row < page.rows() && page.ok(); ++row) {
    SpanGroup group;
    group.resource = page.resource(row);
    group.scope = page.scope(row);
    group.shape = &page.shape(row);
    group.name = names.text(row);
    group.kind = static_cast<SpanKind>(kinds.number(row));
    group.spans = 1;
    if (page.ok()) visit(group);
  }
}

// Counts a column of dictionary positions, so that each value is visited once a page.
void visit_codes(Page& page, const Page::Column& column, const std::vector<std::uint32_t>& positions,
                 const ValueVisit& what) {
  std::vector<std::uint64_t> counts(column.dictionary().size(), 0);
  const Page::Column& resources = page.column(column_resource);
  for (std::size_t row = 0; row < page.rows(); ++row) {
    const std::uint64_t resource = resources.number(row);
    if (resource >= what.wanted_resources.size() || what.wanted_resources[resource] == 0) continue;
    for (std::uint32_t i = positions[row]; i < positions[row + 1] && i < column.size(); ++i) ++counts[column.number(i)];
  }
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) what.visit(AttributeValue::of_string(column.dictionary()[code]), counts[code]);
  }
}

void visit_column(Page& page, std::uint32_t number, const std::vector<std::uint32_t>& per_shape,
                  const ValueVisit& what) {
  const auto positions = page.positions(per_shape);
  const Page::Column& column = page.column(number);
  if (!page.ok()) return;
  if (column.has_codes()) return visit_codes(page, column, positions, what);
  const Page::Column& resources = page.column(column_resource);
  for (std::size_t row = 0; row < page.rows() && page.ok(); ++row) {
    const std::uint64_t resource = resources.number(row);
    if (resource >= what.wanted_resources.size() || what.wanted_resources[resource] == 0) continue;
    for (std::uint32_t i = positions[row]; i < positions[row + 1]; ++i) {
      Arena arena;
      const AttributeValue value = page.value(number, i, arena);
      if (page.ok()) what.visit(value, 1);
    }
  }
}

}  // namespace

Result<void> visit_groups(const Part& part, const Contents& contents, Deadline deadline,
                          const std::function<void(const SpanGroup&)>& visit) {
  if (!contents.tables.groups_whole) {
    return each_page(part, contents, deadline, [&visit](Page& page) { visit_page_groups(page, visit); });
  }
  const auto names = part.dictionary(contents, column_name);
  if (!names) return names.error();
  for (const auto& from : contents.tables.groups) {
    if (from.name >= (*names)->size()) {
      return part.corrupt(contents.tables.columns[column_name].dictionary, "a group's name is missing");
    }
    SpanGroup group;
    group.resource = &contents.tables.resources[from.resource];
    group.scope = &contents.tables.scopes[from.scope];
    group.shape = &contents.tables.shapes[from.shape];
    group.name = (**names)[from.name];
    group.kind = static_cast<SpanKind>(from.kind);
    group.spans = from.spans;
    visit(group);
  }
  return {};
}

Result<void> visit_loose_spans(const Part& part, const Contents& contents, Deadline deadline,
                               const std::function<void(const Span&)>& visit) {
  const auto& chunks = contents.directory.chunks;
  if (chunks[column_events].empty() && chunks[column_loose_attributes].empty()) return {};
  return each_page(part, contents, deadline, [&](Page& page) {
    const bool has_loose = contents.directory.find(column_loose_attributes, page.number()) != nullptr;
    if (!has_loose && contents.directory.find(column_events, page.number()) == nullptr) return;
    std::size_t ordinal = 0;
    for (std::size_t row = 0; row < page.rows() && page.ok(); ++row) {
      Arena arena;
      Span span;
      if (has_loose && page.column(column_shape).number(row) == 0) {
        span.attributes = page.loose_attributes(ordinal++, arena);
      }
      span.events = page.events(row, Timestamp{}, arena);
      if (span.attributes.empty() && span.events.empty()) continue;
      span.resource = page.resource(row);
      span.scope = page.scope(row);
      if (page.ok()) visit(span);
    }
  });
}

Result<void> visit_values(const Part& part, const Contents& contents, Deadline deadline, const ValueVisit& what) {
  std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> columns;
  for (std::uint32_t number = fixed_columns; number < contents.tables.columns.size(); ++number) {
    if (contents.tables.columns[number].key != what.key) continue;
    columns.emplace_back(number, values_per_shape(contents.tables, number));
  }
  if (columns.empty()) return {};
  return each_page(part, contents, deadline, [&](Page& page) {
    for (const auto& [number, per_shape] : columns) visit_column(page, number, per_shape, what);
  });
}

}  // namespace filo::parts
