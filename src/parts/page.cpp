#include "parts/page.h"

#include <bit>

namespace filo::parts {
namespace {

constexpr std::size_t values_max = 1U << 22;  // of one column in one page
constexpr std::uint64_t parent_elsewhere = 1;

bool is_row_column(std::uint32_t column) {
  return column >= column_span_id && column < fixed_columns && column != column_foreign_parent &&
         column != column_loose_attributes;
}

}  // namespace

std::vector<std::uint32_t> values_per_shape(const Tables& tables, std::uint32_t column) {
  std::vector<std::uint32_t> counts(tables.shapes.size(), 0);
  for (std::size_t shape = 0; shape < tables.shapes.size(); ++shape) {
    for (const auto number : tables.shapes[shape].columns) counts[shape] += number == column ? 1U : 0U;
  }
  return counts;
}

// Where the values of the next row stand in those columns that not every row has a value in.
struct Page::Cursor {
  std::vector<std::uint32_t> next;  // by column
  TraceId trace_id;
  Timestamp piece_start;
  std::size_t row = 0;  // the next
};

Page::Page(const Part& part, const Contents& contents, std::uint32_t number)
    : part_(part), contents_(contents), number_(number), columns_(contents.tables.columns.size()) {}

void Page::fail(Error error) {
  if (state_) state_ = std::move(error);
}

void Page::fail(std::uint32_t column, std::string_view what) {
  const ColumnChunk* chunk = contents_.directory.find(column, number_);
  fail(part_.corrupt(
      chunk != nullptr ? chunk->ref : ChunkRef(),
      "page " + std::to_string(number_) + ", column " + std::to_string(column) + ": " + std::string(what)));
}

const Page::Column& Page::column(std::uint32_t number) {
  auto& known = columns_[number];
  if (known) return *known;
  known = std::make_unique<Column>();
  const ColumnChunk* chunk = contents_.directory.find(number, number_);
  if (chunk != nullptr && ok()) load(*known, number, *chunk);
  return *known;
}

void Page::load(Column& column, std::uint32_t number, const ColumnChunk& chunk) {
  auto payload = part_.read(chunk.ref);
  if (!payload) return fail(payload.error());
  bytes_read_ += chunk.ref.stored_bytes;
  const ColumnKind kind = column_kind(number, contents_.tables.columns[number].type);
  bool decoded = false;
  if (chunk.encoding == Encoding::strings && kind != ColumnKind::numbers) {
    column.is_text_ = true;
    decoded = column.strings_.decode_some(std::move(*payload), values_max);
  } else if (chunk.encoding == Encoding::integers && kind == ColumnKind::numbers) {
    decoded = column.numbers_.decode_some(*payload, values_max);
  } else if (chunk.encoding == Encoding::dictionary && kind == ColumnKind::text) {
    decoded = column.numbers_.decode_some(*payload, values_max);
    auto dictionary = part_.dictionary(contents_, number);
    if (!dictionary) return fail(dictionary.error());
    column.dictionary_ = *dictionary;
    const std::size_t checked =
        column.numbers_.is_constant() ? std::min<std::size_t>(column.numbers_.size(), 1) : column.numbers_.size();
    std::uint64_t greatest = 0;
    for (std::size_t i = 0; i < checked; ++i) greatest = std::max(greatest, column.numbers_[i]);
    decoded = decoded && (checked == 0 || greatest < column.dictionary_->size());
  }
  if (!decoded || (is_row_column(number) && column.size() != rows())) {
    column = Column();
    return fail(number, "malformed");
  }
  column.absent_ = false;
}

const Pieces* Page::pieces() {
  if (!pieces_) load_pieces();
  return ok() ? &*pieces_ : nullptr;
}

void Page::load_pieces() {
  pieces_.emplace();
  const ColumnChunk* ids = contents_.directory.find(column_piece_ids, number_);
  if (ids == nullptr || ids->encoding != Encoding::fixed16) return fail(column_piece_ids, "missing");
  auto bytes = part_.read(ids->ref);
  if (!bytes) return fail(bytes.error());
  bytes_read_ += bytes->size();
  if (bytes->size() != entry().pieces * std::size_t{16}) return fail(column_piece_ids, "malformed");
  const auto take = [this](std::uint32_t number, Integers& to) {
    const Column& from = column(number);
    if (from.is_absent()) {
      to.assign_constant(0, entry().pieces);
    } else if (from.size() == entry().pieces) {
      to = from.numbers();
    } else {
      fail(number, "malformed");
    }
  };
  take(column_piece_starts, pieces_->starts);
  take(column_piece_rows, pieces_->rows);
  take(column_piece_through, pieces_->through);
  if (!ok()) return;
  std::size_t row = 0;
  for (std::size_t piece = 0; piece < entry().pieces; ++piece) {
    pieces_->first_rows.push_back(static_cast<std::uint32_t>(row));
    if (pieces_->rows[piece] > rows() - row) return fail(column_piece_rows, "more rows than the page has");
    row += static_cast<std::size_t>(pieces_->rows[piece]);
  }
  pieces_->first_rows.push_back(static_cast<std::uint32_t>(row));
  pieces_->ids = std::move(*bytes);
  if (row != rows()) fail(column_piece_rows, "fewer rows than the page has");
}

const Resource* Page::resource(std::size_t row) {
  const std::uint64_t number = column(column_resource).number(row);
  if (number >= contents_.tables.resources.size()) fail(column_resource, "no such resource");
  return ok() ? &contents_.tables.resources[static_cast<std::size_t>(number)] : nullptr;
}

const Scope* Page::scope(std::size_t row) {
  const std::uint64_t number = column(column_scope).number(row);
  if (number >= contents_.tables.scopes.size()) fail(column_scope, "no such scope");
  return ok() ? &contents_.tables.scopes[static_cast<std::size_t>(number)] : nullptr;
}

const Shape& Page::shape(std::size_t row) {
  const std::uint64_t number = column(column_shape).number(row);
  if (number >= contents_.tables.shapes.size()) fail(column_shape, "no such shape");
  return contents_.tables.shapes[ok() ? static_cast<std::size_t>(number) : 0];
}

AttributeValue Page::value(std::uint32_t number, std::size_t i, Arena& arena) {
  const Column& values = column(number);
  if (!values.is_absent() && i >= values.size()) {
    fail(number, "fewer values than rows that have one");
    return {};
  }
  switch (contents_.tables.columns[number].type) {
    case ValueType::empty:
      return {};
    case ValueType::string:
      return AttributeValue::of_string(arena.copy(values.text(i)));
    case ValueType::bytes:
      return AttributeValue::of_bytes(arena.copy(values.text(i)));
    case ValueType::boolean:
      return AttributeValue::of_bool(values.number(i) != 0);
    case ValueType::int64:
      return AttributeValue::of_int(static_cast<std::int64_t>(values.number(i)));
    case ValueType::float64:
      return AttributeValue::of_double(std::bit_cast<double>(values.number(i)));
    default:
      break;
  }
  ByteReader in(values.text(i));
  const AttributeValue value = decode_value(in, arena);
  if (!in.ok() || !in.at_end()) fail(number, "malformed value");
  return ok() ? value : AttributeValue();
}

std::vector<std::uint32_t> Page::positions(const std::vector<std::uint32_t>& per_shape) {
  const Column& shapes = column(column_shape);
  std::vector<std::uint32_t> positions(rows() + 1, 0);
  std::uint32_t at = 0;
  for (std::size_t row = 0; row < rows(); ++row) {
    positions[row] = at;
    const std::uint64_t shape = shapes.number(row);
    if (shape >= per_shape.size()) {
      fail(column_shape, "no such shape");
      return std::vector<std::uint32_t>(rows() + 1, 0);
    }
    at += per_shape[static_cast<std::size_t>(shape)];
  }
  positions[rows()] = at;
  return positions;
}

std::span<const Attribute> Page::loose_attributes(std::size_t ordinal, Arena& arena) {
  ByteReader in(column(column_loose_attributes).text(ordinal));
  const auto attributes = decode_attributes(in, arena);
  if (!in.ok() || !in.at_end()) fail(column_loose_attributes, "malformed");
  return ok() ? attributes : std::span<const Attribute>();
}

std::span<const Event> Page::events(std::size_t row, Timestamp start, Arena& arena) {
  const std::string_view bytes = column(column_events).text(row);
  if (bytes.empty()) return {};
  ByteReader in(bytes);
  const auto events = decode_events(in, start, arena);
  if (!in.ok() || !in.at_end()) fail(column_events, "malformed");
  return ok() ? events : std::span<const Event>();
}

Page::~Page() = default;

Page::Cursor& Page::cursor_at(std::size_t row) {
  // Whoever reads piece after piece does not count from the beginning again.
  if (cursor_ && cursor_->row == row) return *cursor_;
  cursor_ = std::make_unique<Cursor>();
  Cursor& cursor = *cursor_;
  cursor.row = row;
  cursor.next.assign(columns_.size(), 0);
  const auto& shapes = contents_.tables.shapes;
  std::vector<std::uint32_t> rows_with(shapes.size(), 0);
  const Column& numbers = column(column_shape);
  const Column& parents = column(column_parent);
  for (std::size_t i = 0; i < row; ++i) {
    const std::uint64_t shape = numbers.number(i);
    if (shape < shapes.size()) ++rows_with[static_cast<std::size_t>(shape)];
    if (parents.number(i) == parent_elsewhere) ++cursor.next[column_foreign_parent];
  }
  cursor.next[column_loose_attributes] = rows_with[0];
  for (std::size_t shape = 1; shape < shapes.size(); ++shape) {
    if (rows_with[shape] == 0) continue;
    for (const auto c : shapes[shape].columns) cursor.next[c] += rows_with[shape];
  }
  return cursor;
}

std::span<const Attribute> Page::attributes(std::size_t row, Cursor& cursor, Arena& arena) {
  const Shape& of_row = shape(row);
  if (!ok()) return {};
  if (&of_row == &contents_.tables.shapes.front()) {
    return loose_attributes(cursor.next[column_loose_attributes]++, arena);
  }
  const auto attributes = arena.array<Attribute>(of_row.columns.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::uint32_t number = of_row.columns[i];
    attributes[i].key = contents_.tables.columns[number].key;
    attributes[i].value = value(number, cursor.next[number]++, arena);
  }
  return attributes;
}

Span Page::span(std::size_t row, Cursor& cursor, Arena& arena) {
  Span out;
  out.trace_id = cursor.trace_id;
  out.id.value = column(column_span_id).number(row);
  out.start = cursor.piece_start + Duration(static_cast<std::int64_t>(column(column_start).number(row)));
  out.end = out.start + Duration(static_cast<std::int64_t>(column(column_duration).number(row)));
  out.name = arena.copy(column(column_name).text(row));
  out.trace_state = arena.copy(column(column_trace_state).text(row));
  out.status_message = arena.copy(column(column_status_message).text(row));
  out.resource = resource(row);
  out.scope = scope(row);
  out.attributes = attributes(row, cursor, arena);
  out.events = events(row, out.start, arena);
  const std::string_view links = column(column_links).text(row);
  if (!links.empty()) {
    ByteReader in(links);
    out.links = decode_links(in, arena);
    if (!in.ok() || !in.at_end()) fail(column_links, "malformed");
  }
  const auto number32 = [this, row](std::uint32_t from) {
    const std::uint64_t number = column(from).number(row);
    if (number > UINT32_MAX) fail(from, "over 32 bits");
    return static_cast<std::uint32_t>(number);
  };
  out.flags = number32(column_flags);
  out.dropped_attributes = number32(column_dropped_attributes);
  out.dropped_events = number32(column_dropped_events);
  out.dropped_links = number32(column_dropped_links);
  out.kind = static_cast<SpanKind>(column(column_kind_of_span).number(row));
  out.status = static_cast<StatusCode>(column(column_status).number(row));
  return out;
}

Result<void> Page::append_spans(std::uint32_t piece, SpanBatch& batch) {
  const Pieces* list = pieces();
  if (list == nullptr) return error();
  const std::size_t begin = list->first_rows[piece];
  const std::size_t end = list->first_rows[piece + 1];
  Cursor& cursor = cursor_at(begin);
  cursor.trace_id = list->id(piece);
  cursor.piece_start = Timestamp{static_cast<std::int64_t>(list->starts[piece])};
  const std::size_t first_span = batch.spans.size();
  for (std::size_t row = begin; row < end; ++row) {
    Span out = span(row, cursor, batch.arena);
    const std::uint64_t parent = column(column_parent).number(row);
    if (parent == parent_elsewhere) {
      out.parent_id.value = column(column_foreign_parent).number(cursor.next[column_foreign_parent]++);
    } else if (parent > row - begin + 1) {
      fail(column_parent, "a parent before the piece");
    } else if (parent > 0) {
      out.parent_id = batch.spans[first_span + (row - begin) - static_cast<std::size_t>(parent - 1)].id;
    }
    if (!ok()) break;
    batch.spans.push_back(out);
  }
  cursor.row = end;
  if (ok()) return {};
  batch.spans.resize(first_span);
  return error();
}

}  // namespace filo::parts
