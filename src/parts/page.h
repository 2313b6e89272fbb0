// Page: some thousand rows of a part, decoded column by column as they are asked for. Sticky: after the first damaged
// chunk everything reads as absent and error() says what it was. One thread; the part and its contents outlive it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "parts/part.h"

namespace filo::parts {

// The pieces of traces in one page.
struct Pieces {
  std::string ids;  // 16 bytes each
  Integers starts;
  Integers rows;
  Integers through;
  std::vector<std::uint32_t> first_rows;  // of each, and at last the number of rows

  std::size_t size() const { return ids.size() / 16; }
  TraceId id(std::size_t piece) const { return *trace_id_from_bytes(std::string_view(ids).substr(piece * 16, 16)); }
};

class Page {
 public:
  Page(const Part& part, const Contents& contents, std::uint32_t number);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  const PageEntry& entry() const { return contents_.directory.pages[number_]; }
  std::uint32_t number() const { return number_; }
  std::size_t rows() const { return entry().rows; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  bool ok() const { return state_.has_value(); }
  const Error& error() const { return state_.error(); }

  const Pieces* pieces();  // null after an error

  // One column's values: of each row, or of the rows that have one. Absent ones are zero or empty.
  class Column {
   public:
    bool is_absent() const { return absent_; }
    // Values that are positions in dictionary(), rather than strings of their own.
    bool has_codes() const { return dictionary_ != nullptr; }
    const Strings& dictionary() const { return *dictionary_; }
    std::size_t size() const { return is_text_ ? strings_.size() : numbers_.size(); }
    const Integers& numbers() const { return numbers_; }
    std::uint64_t number(std::size_t i) const { return absent_ || i >= numbers_.size() ? 0 : numbers_[i]; }
    std::string_view text(std::size_t i) const {
      if (absent_ || i >= size()) return {};
      return is_text_ ? strings_[i] : (*dictionary_)[static_cast<std::size_t>(numbers_[i])];
    }

   private:
    friend class Page;
    bool absent_ = true;
    bool is_text_ = false;
    Integers numbers_;
    Strings strings_;
    std::shared_ptr<const Strings> dictionary_;
  };
  const Column& column(std::uint32_t number);

  const Resource* resource(std::size_t row);  // null after an error
  const Scope* scope(std::size_t row);
  const Shape& shape(std::size_t row);
  AttributeValue value(std::uint32_t column, std::size_t i, Arena& arena);
  // Where each row's values of an attribute column begin, given how many a row of each shape has (values_per_shape());
  // one more entry than rows.
  std::vector<std::uint32_t> positions(const std::vector<std::uint32_t>& per_shape);
  // The attributes of the rows with shape 0; `ordinal` counts those rows.
  std::span<const Attribute> loose_attributes(std::size_t ordinal, Arena& arena);
  std::span<const Event> events(std::size_t row, Timestamp start, Arena& arena);

  // The spans of one piece, as far as they stand in this page.
  Result<void> append_spans(std::uint32_t piece, SpanBatch& batch);

 private:
  struct Cursor;

  void load(Column& column, std::uint32_t number, const ColumnChunk& chunk);
  void load_pieces();
  void fail(Error error);
  void fail(std::uint32_t column, std::string_view what);
  Cursor& cursor_at(std::size_t row);
  Span span(std::size_t row, Cursor& cursor, Arena& arena);
  std::span<const Attribute> attributes(std::size_t row, Cursor& cursor, Arena& arena);

  const Part& part_;
  const Contents& contents_;
  std::uint32_t number_;
  std::vector<std::unique_ptr<Column>> columns_;
  std::optional<Pieces> pieces_;
  std::unique_ptr<Cursor> cursor_;
  std::uint64_t bytes_read_ = 0;
  Result<void> state_;
};

// How many values the column has in a span of each shape.
std::vector<std::uint32_t> values_per_shape(const Tables& tables, std::uint32_t column);

}  // namespace filo::parts
