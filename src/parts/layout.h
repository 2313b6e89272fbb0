// What the tables of a part file say, and their bytes. Internal to src/parts; docs/formats/part.md is the
// specification.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/span_batch.h"
#include "parts/chunk.h"
#include "parts/part_info.h"

namespace filo::parts {

constexpr std::uint32_t format_version = 1;
constexpr std::string_view head_magic = "FILOPRT1";
constexpr std::string_view tail_magic = "1TRPOLIF";
constexpr std::size_t tail_bytes = 32;

// The columns that every part has; those of attributes follow. A column that a page leaves out is zero, or empty, in
// each of its rows.
enum FixedColumn : std::uint32_t {
  column_piece_ids,     // a page's pieces: 16 bytes each
  column_piece_starts,  // start of the earliest span of the piece
  column_piece_rows,    // rows of the piece in this page
  column_piece_through,
  column_span_id,
  column_parent,  // 0: none; 1: its id stands in column_foreign_parent; k + 1: k rows before this one
  column_foreign_parent,
  column_start,     // after the piece's start
  column_duration,  // end - start
  column_name,
  column_kind_of_span,
  column_status,
  column_flags,
  column_resource,  // number in Tables
  column_scope,
  column_shape,
  column_trace_state,
  column_status_message,
  column_dropped_attributes,
  column_dropped_events,
  column_dropped_links,
  column_events,
  column_links,
  column_loose_attributes,  // of the rows with shape 0
  fixed_columns
};

enum class Encoding : std::uint8_t {
  integers = 0,    // numbers
  dictionary = 1,  // numbers that are positions in the column's dictionary
  strings = 2,     // bytes of any length
  fixed16 = 3      // 16 bytes each
};

// What a column's values are. Strings may be kept as dictionary or as strings, page by page.
enum class ColumnKind : std::uint8_t { numbers, text, blobs };

struct ColumnEntry {
  std::string key;  // of an attribute column
  ValueType type = ValueType::empty;
  ChunkRef dictionary;     // empty if no page uses it
  ChunkRef value_filters;  // of the pages with Encoding::strings, in order; empty if there are none
};
ColumnKind column_kind(std::uint32_t column, ValueType type);

// The columns of a span's attributes in order. Number 0 means column_loose_attributes instead.
struct Shape {
  std::vector<std::uint32_t> columns;
};

struct EventKey {
  std::string key;
  ValueType type = ValueType::empty;
};

// Groups of spans that are alike, for counting without looking at spans.
struct Group {
  std::uint32_t resource = 0;
  std::uint32_t scope = 0;
  std::uint32_t name = 0;  // in the dictionary of column_name
  std::uint32_t shape = 0;
  std::uint8_t kind = 0;
  std::uint64_t spans = 0;
};

struct Tables {
  SpanBatch memory;  // of the resources and scopes
  std::vector<Resource> resources;
  std::vector<Scope> scopes;
  std::vector<ColumnEntry> columns;
  std::vector<Shape> shapes;
  // Of events anywhere in the part; meaningful only while their list is whole.
  std::vector<std::string> event_names;
  std::vector<EventKey> event_keys;
  bool events_whole = true;
  std::vector<Group> groups;
  bool groups_whole = true;
};

struct PageEntry {
  std::uint32_t rows = 0;
  std::uint32_t pieces = 0;
  std::uint64_t first_slot = 0;  // number of the page's first piece entry in the part; not stored
  bool continues = false;        // its first piece began in the page before
  bool has_error = false;
  Timestamp min_start;
  Timestamp max_start;
  std::int64_t min_duration = 0;
  std::int64_t max_duration = 0;
};

struct ColumnChunk {
  std::uint32_t page = 0;
  Encoding encoding = Encoding::integers;
  ChunkRef ref;
  bool has_bounds = false;  // least and greatest, of int64 attributes and of positions in a dictionary
  std::int64_t low = INT64_MIN;
  std::int64_t high = INT64_MAX;
};

struct Directory {
  std::vector<PageEntry> pages;
  std::vector<std::vector<ColumnChunk>> chunks;  // by column, ascending by page

  const ColumnChunk* find(std::uint32_t column, std::uint32_t page) const;
};

// A run of the trace index: hashes of trace ids, ascending, each with the slot of a piece.
struct IndexBlock {
  std::uint64_t first_hash = 0;
  std::uint32_t entries = 0;
  ChunkRef hashes;
  ChunkRef slots;
};

struct Footer {
  PartInfo info;
  ChunkRef resources;
  ChunkRef scopes;
  ChunkRef tables;
  ChunkRef directory;
  ChunkRef index;
  ChunkRef trace_filter;
};

std::string encode_footer(const Footer& footer);
bool decode_footer(std::string_view bytes, Footer& footer);
// All but resources and scopes, which are kept as strings.
std::string encode_tables(const Tables& tables);
bool decode_tables(std::string_view bytes, Tables& tables);
bool decode_resources(std::string bytes, Tables& tables);
bool decode_scopes(std::string bytes, Tables& tables);
std::string encode_directory(const Directory& directory);
bool decode_directory(std::string_view bytes, std::size_t columns, Directory& directory);
std::string encode_index(const std::vector<IndexBlock>& blocks);
bool decode_index(std::string_view bytes, std::vector<IndexBlock>& blocks);

// The file's last bytes: where the footer is.
struct Tail {
  std::uint64_t footer_offset = 0;
  std::uint32_t footer_bytes = 0;
  std::uint32_t footer_crc = 0;
  std::uint32_t version = 0;
};
std::string encode_tail(const Tail& tail);
// False when the magic or the tail's own checksum is wrong.
bool decode_tail(std::string_view bytes, Tail& tail);

}  // namespace filo::parts
