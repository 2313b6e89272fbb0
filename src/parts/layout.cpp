#include "parts/layout.h"

#include <algorithm>

#include "base/crc32c.h"
#include "parts/codec.h"

namespace filo::parts {
namespace {

constexpr std::size_t replaces_max = 65'536;
constexpr std::size_t table_entries_max = 1U << 26;
constexpr std::uint8_t bounds_bit = 0x80;  // in a column chunk's encoding: its least and greatest number follow

std::uint32_t decode_u32(ByteReader& in) {
  const std::uint64_t value = in.varint();
  if (value > UINT32_MAX) in.fail();
  return static_cast<std::uint32_t>(value);
}

ValueType decode_type(ByteReader& in) {
  const auto type = in.fixed<std::uint8_t>();
  if (type > static_cast<std::uint8_t>(ValueType::map)) in.fail();
  return static_cast<ValueType>(type);
}

bool decode_flag(ByteReader& in) { return in.fixed<std::uint8_t>() != 0; }

// How many items follow; each takes at least `bytes_each`.
std::size_t decode_count(ByteReader& in, std::size_t bytes_each) {
  const std::uint64_t count = in.varint();
  if (count > in.remaining() / bytes_each) return in.fail(), 0;
  return static_cast<std::size_t>(count);
}

void encode_group(const Group& group, ByteWriter& out) {
  out.varint(group.resource);
  out.varint(group.scope);
  out.varint(group.name);
  out.varint(group.shape);
  out.fixed(group.kind);
  out.varint(group.spans);
}

Group decode_group(ByteReader& in, const Tables& tables) {
  Group group;
  group.resource = decode_u32(in);
  group.scope = decode_u32(in);
  group.name = decode_u32(in);
  group.shape = decode_u32(in);
  group.kind = in.fixed<std::uint8_t>();
  group.spans = in.varint();
  if (group.shape >= tables.shapes.size()) in.fail();
  return group;
}

}  // namespace

ColumnKind column_kind(std::uint32_t column, ValueType type) {
  switch (column) {
    case column_name:
    case column_trace_state:
    case column_status_message:
      return ColumnKind::text;
    case column_events:
    case column_links:
    case column_loose_attributes:
      return ColumnKind::blobs;
    default:
      break;
  }
  if (column < fixed_columns) return ColumnKind::numbers;
  switch (type) {
    case ValueType::string:
      return ColumnKind::text;
    case ValueType::boolean:
    case ValueType::int64:
    case ValueType::float64:
      return ColumnKind::numbers;
    default:
      return ColumnKind::blobs;
  }
}

const ColumnChunk* Directory::find(std::uint32_t column, std::uint32_t page) const {
  if (column >= chunks.size()) return nullptr;
  const auto& list = chunks[column];
  // Most columns have a chunk in every page.
  if (page < list.size() && list[page].page == page) return &list[page];
  const auto at = std::lower_bound(list.begin(), list.end(), page,
                                   [](const ColumnChunk& chunk, std::uint32_t p) { return chunk.page < p; });
  return at != list.end() && at->page == page ? &*at : nullptr;
}

std::string encode_footer(const Footer& footer) {
  ByteWriter out;
  const PartInfo& info = footer.info;
  out.varint(info.spans);
  out.varint(info.pieces);
  out.varint(info.pages);
  out.fixed(info.min_start.unix_ns);
  out.fixed(info.max_start.unix_ns);
  out.fixed(info.max_end.unix_ns);
  out.varint(info.through_max);
  out.varint(info.rewrites);
  out.varint(info.replaces.size());
  for (const auto number : info.replaces) out.varint(number);
  for (const auto* ref :
       {&footer.resources, &footer.scopes, &footer.tables, &footer.directory, &footer.index, &footer.trace_filter}) {
    encode(*ref, out);
  }
  return out.take();
}

bool decode_footer(std::string_view bytes, Footer& footer) {
  ByteReader in(bytes);
  PartInfo& info = footer.info;
  info.spans = in.varint();
  info.pieces = in.varint();
  info.pages = in.varint();
  info.min_start.unix_ns = in.fixed<std::int64_t>();
  info.max_start.unix_ns = in.fixed<std::int64_t>();
  info.max_end.unix_ns = in.fixed<std::int64_t>();
  info.through_max = in.varint();
  info.rewrites = decode_u32(in);
  const std::size_t replaced = decode_count(in, 1);
  if (replaced > replaces_max) return false;
  for (std::size_t i = 0; i < replaced; ++i) info.replaces.push_back(in.varint());
  for (auto* ref :
       {&footer.resources, &footer.scopes, &footer.tables, &footer.directory, &footer.index, &footer.trace_filter}) {
    *ref = decode_chunk_ref(in);
  }
  return in.ok() && in.at_end();
}

std::string encode_tables(const Tables& tables) {
  ByteWriter out;
  out.varint(tables.columns.size());
  for (const auto& column : tables.columns) {
    out.sized_bytes(column.key);
    out.fixed(static_cast<std::uint8_t>(column.type));
    encode(column.dictionary, out);
    encode(column.value_filters, out);
  }
  out.varint(tables.shapes.size());
  for (const auto& shape : tables.shapes) {
    out.varint(shape.columns.size());
    for (const auto column : shape.columns) out.varint(column);
  }
  out.fixed(static_cast<std::uint8_t>(tables.events_whole));
  out.varint(tables.event_names.size());
  for (const auto& name : tables.event_names) out.sized_bytes(name);
  out.varint(tables.event_keys.size());
  for (const auto& key : tables.event_keys) {
    out.sized_bytes(key.key);
    out.fixed(static_cast<std::uint8_t>(key.type));
  }
  out.fixed(static_cast<std::uint8_t>(tables.groups_whole));
  out.varint(tables.groups.size());
  for (const auto& group : tables.groups) encode_group(group, out);
  return out.take();
}

bool decode_tables(std::string_view bytes, Tables& tables) {
  ByteReader in(bytes);
  tables.columns.resize(decode_count(in, 18));
  for (auto& column : tables.columns) {
    column.key = in.sized_bytes();
    column.type = decode_type(in);
    column.dictionary = decode_chunk_ref(in);
    column.value_filters = decode_chunk_ref(in);
  }
  if (!in.ok() || tables.columns.size() < fixed_columns) return false;
  tables.shapes.resize(decode_count(in, 1));
  for (auto& shape : tables.shapes) {
    shape.columns.resize(decode_count(in, 1));
    for (auto& column : shape.columns) {
      column = decode_u32(in);
      if (column < fixed_columns || column >= tables.columns.size()) in.fail();
    }
  }
  tables.events_whole = decode_flag(in);
  tables.event_names.resize(decode_count(in, 1));
  for (auto& name : tables.event_names) name = in.sized_bytes();
  tables.event_keys.resize(decode_count(in, 2));
  for (auto& key : tables.event_keys) {
    key.key = in.sized_bytes();
    key.type = decode_type(in);
  }
  tables.groups_whole = decode_flag(in);
  tables.groups.resize(decode_count(in, 6));
  for (auto& group : tables.groups) group = decode_group(in, tables);
  return in.ok() && in.at_end() && !tables.shapes.empty();
}

bool decode_resources(std::string bytes, Tables& tables) {
  Strings list;
  if (!list.decode_some(std::move(bytes), table_entries_max)) return false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    ByteReader in(list[i]);
    tables.resources.push_back(decode_resource(in, tables.memory.arena));
    if (!in.ok() || !in.at_end()) return false;
  }
  return true;
}

bool decode_scopes(std::string bytes, Tables& tables) {
  Strings list;
  if (!list.decode_some(std::move(bytes), table_entries_max)) return false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    ByteReader in(list[i]);
    tables.scopes.push_back(decode_scope(in, tables.memory.arena));
    if (!in.ok() || !in.at_end()) return false;
  }
  return true;
}

std::string encode_directory(const Directory& directory) {
  ByteWriter out;
  out.varint(directory.pages.size());
  for (const auto& page : directory.pages) {
    out.varint(page.rows);
    out.varint(page.pieces);
    out.fixed(static_cast<std::uint8_t>((page.continues ? 1 : 0) | (page.has_error ? 2 : 0)));
    out.fixed(page.min_start.unix_ns);
    out.fixed(page.max_start.unix_ns);
    out.fixed(page.min_duration);
    out.fixed(page.max_duration);
  }
  for (const auto& list : directory.chunks) {
    out.varint(list.size());
    for (const auto& chunk : list) {
      out.varint(chunk.page);
      out.fixed(
          static_cast<std::uint8_t>(static_cast<unsigned>(chunk.encoding) | (chunk.has_bounds ? bounds_bit : 0U)));
      encode(chunk.ref, out);
      if (!chunk.has_bounds) continue;
      out.zigzag(chunk.low);
      out.zigzag(chunk.high);
    }
  }
  return out.take();
}

bool decode_directory(std::string_view bytes, std::size_t columns, Directory& directory) {
  constexpr std::uint32_t page_rows_max = 1U << 20;
  ByteReader in(bytes);
  directory.pages.resize(decode_count(in, 35));
  std::uint64_t slot = 0;
  for (auto& page : directory.pages) {
    page.rows = decode_u32(in);
    page.pieces = decode_u32(in);
    const auto flags = in.fixed<std::uint8_t>();
    page.continues = (flags & 1U) != 0;
    page.has_error = (flags & 2U) != 0;
    page.min_start.unix_ns = in.fixed<std::int64_t>();
    page.max_start.unix_ns = in.fixed<std::int64_t>();
    page.min_duration = in.fixed<std::int64_t>();
    page.max_duration = in.fixed<std::int64_t>();
    page.first_slot = slot;
    slot += page.pieces;
    if (page.rows > page_rows_max || page.pieces > page.rows) in.fail();
  }
  directory.chunks.resize(columns);
  for (auto& list : directory.chunks) {
    list.resize(decode_count(in, 10));
    std::int64_t last_page = -1;
    for (auto& chunk : list) {
      chunk.page = decode_u32(in);
      const auto head = in.fixed<std::uint8_t>();
      const auto encoding = static_cast<std::uint8_t>(head & ~bounds_bit);
      if (encoding > static_cast<std::uint8_t>(Encoding::fixed16)) in.fail();
      chunk.encoding = static_cast<Encoding>(encoding);
      chunk.has_bounds = (head & bounds_bit) != 0;
      chunk.ref = decode_chunk_ref(in);
      if (chunk.has_bounds) {
        chunk.low = in.zigzag();
        chunk.high = in.zigzag();
      }
      if (chunk.page <= last_page || chunk.page >= directory.pages.size()) in.fail();
      last_page = chunk.page;
    }
    if (!in.ok()) return false;
  }
  return in.ok() && in.at_end();
}

std::string encode_index(const std::vector<IndexBlock>& blocks) {
  ByteWriter out;
  out.varint(blocks.size());
  for (const auto& block : blocks) {
    out.fixed(block.first_hash);
    out.varint(block.entries);
    encode(block.hashes, out);
    encode(block.slots, out);
  }
  return out.take();
}

bool decode_index(std::string_view bytes, std::vector<IndexBlock>& blocks) {
  constexpr std::uint32_t entries_max = 1U << 20;
  ByteReader in(bytes);
  blocks.resize(decode_count(in, 25));
  std::uint64_t last = 0;
  for (auto& block : blocks) {
    block.first_hash = in.fixed<std::uint64_t>();
    block.entries = decode_u32(in);
    block.hashes = decode_chunk_ref(in);
    block.slots = decode_chunk_ref(in);
    if (block.first_hash < last || block.entries > entries_max || block.entries == 0) in.fail();
    last = block.first_hash;
  }
  return in.ok() && in.at_end();
}

std::string encode_tail(const Tail& tail) {
  ByteWriter out;
  out.fixed(tail.footer_offset);
  out.fixed(tail.footer_bytes);
  out.fixed(tail.footer_crc);
  out.fixed(tail.version);
  out.fixed(crc32c(out.view()));
  out.bytes(tail_magic);
  return out.take();
}

bool decode_tail(std::string_view bytes, Tail& tail) {
  if (bytes.size() != tail_bytes || !bytes.ends_with(tail_magic)) return false;
  ByteReader in(bytes);
  tail.footer_offset = in.fixed<std::uint64_t>();
  tail.footer_bytes = in.fixed<std::uint32_t>();
  tail.footer_crc = in.fixed<std::uint32_t>();
  tail.version = in.fixed<std::uint32_t>();
  return in.fixed<std::uint32_t>() == crc32c(bytes.substr(0, 20));
}

}  // namespace filo::parts
