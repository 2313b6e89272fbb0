#include "parts/part_writer.h"

#include <algorithm>
#include <bit>
#include <set>

#include "base/check.h"
#include "base/crc32c.h"
#include "base/hash.h"
#include "io/directories.h"
#include "parts/codec.h"
#include "parts/column_writer.h"
#include "parts/group_table.h"
#include "parts/hash_filter.h"
#include "parts/layout.h"

namespace filo::parts {
namespace {

constexpr std::size_t index_block_entries = 4096;

// Resources, or scopes: equal ones once. Few batches repeat an object often, so pointers are looked at first; they mean
// something only while the page's spans live.
template <typename T>
class Interned {
 public:
  template <typename Encode>
  std::uint32_t intern(const T& object, Encode encode) {
    if (&object == last_) return last_code_;
    last_ = &object;
    const auto known = by_address_.find(&object);
    if (known != by_address_.end()) return last_code_ = known->second;
    encoded_.clear();
    encode(object, encoded_);
    last_code_ = table_.intern(encoded_.view(), hash64(encoded_.view()));
    by_address_.emplace(&object, last_code_);
    return last_code_;
  }
  void forget_addresses() {
    last_ = nullptr;
    by_address_.clear();
  }
  ChunkRef write(ChunkWriter& out) const {
    ByteWriter payload;
    encode_strings(table_.entries(), payload);
    return out.add(payload.view());
  }

 private:
  StringTable table_;
  const T* last_ = nullptr;
  std::uint32_t last_code_ = 0;
  std::unordered_map<const T*, std::uint32_t> by_address_;
  ByteWriter encoded_;
};

// Spans lie where their requests put them, all over memory, and the first look at each costs a miss. So the look is
// announced: to the list of attributes two spans ahead, to the strings it names one span ahead.
void announce_attributes(const Span& span) {
  constexpr std::size_t per_line = 64 / sizeof(Attribute) + 1;
  for (std::size_t i = 0; i < span.attributes.size() && i < 8 * per_line; i += per_line) {
    __builtin_prefetch(&span.attributes[i]);
  }
}
void announce_strings(const Span& span) {
  __builtin_prefetch(span.name.data());
  for (const auto& attribute : span.attributes.first(std::min<std::size_t>(span.attributes.size(), 16))) {
    __builtin_prefetch(attribute.key.data());
    if (attribute.value.type() == ValueType::string) __builtin_prefetch(attribute.value.text().data());
  }
}

}  // namespace

class PartWriter::Content {
 public:
  Content(std::unique_ptr<ChunkWriter> out, WriterSettings settings)
      : out_(std::move(out)), settings_(std::move(settings)), shapes_(settings_.shapes), groups_(settings_.groups_max) {
    for (std::uint32_t column = 0; column < fixed_columns; ++column) {
      columns_.emplace_back(column_kind(column, ValueType::empty), ValueType::empty, settings_.dictionary_max);
    }
    info_.min_start = Timestamp{INT64_MAX};
    info_.max_start = Timestamp{INT64_MIN};
    info_.max_end = Timestamp{INT64_MIN};
    out_->append_plain(head_magic);
    start_page();
  }

  void add(const Piece& piece);
  std::size_t pending_rows() const { return page_.rows; }
  std::uint64_t bytes_written() const { return out_->offset(); }
  Result<PartInfo> finish();

 private:
  void start_page();
  void begin_piece(const Piece& piece);
  void end_piece_in_page();
  void add_row(const Trace& trace, std::size_t row, std::size_t first_row_in_page);
  void add_parent(const Trace& trace, std::size_t row, std::size_t first_row_in_page);
  void add_attributes(std::span<const Attribute> attributes, std::uint32_t shape);
  void add_value(std::uint32_t column, const AttributeValue& value);
  void note_events(std::span<const Event> events);
  void note_times(const Span& span);
  bool page_is_full() const { return page_.rows >= settings_.page_rows || page_bytes_ >= settings_.page_bytes_max; }
  void flush_page();
  void write_piece_ids();
  ChunkRef write_tables();
  ChunkRef write_index();
  ChunkRef write_trace_filter();

  ColumnWriter& column(std::uint32_t number) { return columns_[number]; }

  std::unique_ptr<ChunkWriter> out_;
  WriterSettings settings_;
  ShapeTable shapes_;
  GroupTable groups_;
  std::vector<ColumnWriter> columns_;
  std::vector<ColumnChunk> piece_id_chunks_;
  Interned<Resource> resources_;
  Interned<Scope> scopes_;
  std::set<std::string, std::less<>> event_names_;
  std::set<std::pair<std::string, ValueType>> event_keys_;
  bool events_whole_ = true;

  PartInfo info_;
  Directory directory_;
  PageEntry page_;
  std::size_t page_bytes_ = 0;
  std::string page_piece_ids_;
  std::uint64_t piece_rows_ = 0;  // of the piece at hand, in this page
  std::uint64_t slots_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> index_;  // hash of the trace id, slot
};

void PartWriter::Content::start_page() {
  page_ = PageEntry();
  page_.min_start = Timestamp{INT64_MAX};
  page_.max_start = Timestamp{INT64_MIN};
  page_.min_duration = INT64_MAX;
  page_.max_duration = INT64_MIN;
  page_bytes_ = 0;
}

void PartWriter::Content::begin_piece(const Piece& piece) {
  append_bytes(page_piece_ids_, piece.trace->id);
  column(column_piece_starts).add_number(static_cast<std::uint64_t>(piece.trace->start.unix_ns));
  column(column_piece_through).add_number(piece.through);
  ++page_.pieces;
  ++slots_;
  piece_rows_ = 0;
}

void PartWriter::Content::end_piece_in_page() {
  column(column_piece_rows).add_number(piece_rows_);
  if (page_is_full()) flush_page();
}

void PartWriter::Content::add(const Piece& piece) {
  const Trace& trace = *piece.trace;
  if (trace.spans.empty()) return;
  // A trace stays in one page unless that would make the page twice as large as it should be.
  if (page_.rows > 0 && page_.rows + trace.spans.size() > 2 * settings_.page_rows) flush_page();
  const bool cut = trace.spans.size() > 2 * settings_.page_rows;
  index_.emplace_back(trace.id.hash(), slots_);
  begin_piece(piece);
  ++info_.pieces;
  info_.through_max = std::max(info_.through_max, piece.through);
  std::size_t first_row_in_page = 0;
  for (std::size_t row = 0; row < trace.spans.size(); ++row) {
    if (row > first_row_in_page && (page_bytes_ >= settings_.page_bytes_max || (cut && page_is_full()))) {
      column(column_piece_rows).add_number(piece_rows_);
      flush_page();
      page_.continues = true;
      begin_piece(piece);
      first_row_in_page = row;
    }
    if (row + 1 < trace.spans.size()) announce_strings(trace.spans[row + 1]);
    if (row + 2 < trace.spans.size()) announce_attributes(trace.spans[row + 2]);
    add_row(trace, row, first_row_in_page);
  }
  end_piece_in_page();
}

void PartWriter::Content::note_times(const Span& span) {
  page_.min_start = std::min(page_.min_start, span.start);
  page_.max_start = std::max(page_.max_start, span.start);
  page_.min_duration = std::min<std::int64_t>(page_.min_duration, span.duration().count());
  page_.max_duration = std::max<std::int64_t>(page_.max_duration, span.duration().count());
  page_.has_error = page_.has_error || span.is_error();
  info_.max_end = std::max(info_.max_end, span.end);
}

void PartWriter::Content::add_row(const Trace& trace, std::size_t row, std::size_t first_row_in_page) {
  const Span& span = trace.spans[row];
  note_times(span);
  column(column_span_id).add_number(span.id.value);
  add_parent(trace, row, first_row_in_page);
  column(column_start).add_number(static_cast<std::uint64_t>((span.start - trace.start).count()));
  column(column_duration).add_number(static_cast<std::uint64_t>(span.duration().count()));
  column(column_kind_of_span).add_number(static_cast<std::uint64_t>(span.kind));
  column(column_status).add_number(static_cast<std::uint64_t>(span.status));
  column(column_flags).add_number(span.flags);
  column(column_trace_state).add_rare_text(span.trace_state);
  column(column_status_message).add_rare_text(span.status_message);
  column(column_dropped_attributes).add_number(span.dropped_attributes);
  column(column_dropped_events).add_number(span.dropped_events);
  column(column_dropped_links).add_number(span.dropped_links);

  Group group;
  group.name = column(column_name).add_text(span.name);
  group.kind = static_cast<std::uint8_t>(span.kind);
  group.resource = resources_.intern(*span.resource, encode_resource);
  group.scope = scopes_.intern(*span.scope, encode_scope);
  group.shape = shapes_.find(span.attributes, group.name);
  column(column_resource).add_number(group.resource);
  column(column_scope).add_number(group.scope);
  column(column_shape).add_number(group.shape);
  add_attributes(span.attributes, group.shape);
  groups_.count(group);

  column(column_events).add_blob([&span](ByteWriter& out) {
    if (!span.events.empty()) encode_events(span.events, span.start, out);
  });
  column(column_links).add_blob([&span](ByteWriter& out) {
    if (!span.links.empty()) encode_links(span.links, out);
  });
  note_events(span.events);
  page_bytes_ += span.name.size() + span.trace_state.size() + span.status_message.size();
  ++page_.rows;
  ++piece_rows_;
  ++info_.spans;
}

void PartWriter::Content::add_parent(const Trace& trace, std::size_t row, std::size_t first_row_in_page) {
  const Span& span = trace.spans[row];
  const std::int32_t parent = trace.parents[row];
  if (span.parent_id.is_zero()) {
    column(column_parent).add_number(0);
    return;
  }
  // By distance only where the reader of this page alone finds the same id there.
  const auto parent_row = static_cast<std::size_t>(std::max(parent, 0));
  if (parent >= 0 && parent_row >= first_row_in_page && parent_row < row &&
      trace.spans[parent_row].id == span.parent_id) {
    column(column_parent).add_number(row - parent_row + 1);
    return;
  }
  column(column_parent).add_number(1);
  column(column_foreign_parent).add_number(span.parent_id.value);
}

void PartWriter::Content::add_attributes(std::span<const Attribute> attributes, std::uint32_t shape) {
  if (shape == 0) {
    std::size_t before = 0;
    std::size_t after = 0;
    column(column_loose_attributes).add_blob([&](ByteWriter& out) {
      before = out.size();
      encode_attributes(attributes, out);
      after = out.size();
    });
    page_bytes_ += after - before;
    return;
  }
  const auto& numbers = shapes_.shape(shape).columns;
  for (std::size_t i = 0; i < numbers.size(); ++i) add_value(numbers[i], attributes[i].value);
}

void PartWriter::Content::add_value(std::uint32_t number, const AttributeValue& value) {
  while (columns_.size() <= number) {
    const ColumnEntry& entry = shapes_.columns()[columns_.size()];
    const auto at = static_cast<std::uint32_t>(columns_.size());
    columns_.emplace_back(column_kind(at, entry.type), entry.type, settings_.dictionary_max);
  }
  page_bytes_ += 8;
  switch (value.type()) {
    case ValueType::string:
      page_bytes_ += value.text().size();
      column(number).add_text(value.text());
      break;
    case ValueType::boolean:
      column(number).add_number(value.as_bool() ? 1 : 0);
      break;
    case ValueType::int64:
      column(number).add_number(static_cast<std::uint64_t>(value.as_int()));
      break;
    case ValueType::float64:
      column(number).add_number(std::bit_cast<std::uint64_t>(value.as_double()));
      break;
    case ValueType::bytes:
      page_bytes_ += value.text().size();
      column(number).add_blob([&value](ByteWriter& out) { out.bytes(value.text()); });
      break;
    case ValueType::empty:
      column(number).add_blob([](ByteWriter&) {});
      break;
    case ValueType::array:
    case ValueType::map: {
      const std::size_t before = column(number).page_bytes();
      column(number).add_blob([&value](ByteWriter& out) { encode_value(value, out); });
      page_bytes_ += column(number).page_bytes() - before;
      break;
    }
  }
}

void PartWriter::Content::note_events(std::span<const Event> events) {
  for (const auto& event : events) {
    page_bytes_ += 64 + event.name.size();
    for (const auto& attribute : event.attributes) {
      page_bytes_ += attribute.key.size() + 16;
      if (attribute.value.type() == ValueType::string) page_bytes_ += attribute.value.text().size();
      if (events_whole_) event_keys_.emplace(std::string(attribute.key), attribute.value.type());
    }
    if (events_whole_ && event_names_.find(event.name) == event_names_.end()) event_names_.emplace(event.name);
    if (event_names_.size() > settings_.event_words_max || event_keys_.size() > settings_.event_words_max) {
      events_whole_ = false;
      event_names_.clear();
      event_keys_.clear();
    }
  }
}

void PartWriter::Content::write_piece_ids() {
  ColumnChunk chunk;
  chunk.page = static_cast<std::uint32_t>(directory_.pages.size());
  chunk.encoding = Encoding::fixed16;
  chunk.ref = out_->add(page_piece_ids_, ChunkWriter::Compress::no);
  piece_id_chunks_.push_back(chunk);
  page_piece_ids_.clear();
}

void PartWriter::Content::flush_page() {
  if (page_.rows == 0) return;
  const auto number = static_cast<std::uint32_t>(directory_.pages.size());
  write_piece_ids();
  for (auto& writer : columns_) writer.flush(*out_, number);
  if (!column(column_name).has_dictionary() && groups_.is_whole()) groups_.give_up();
  directory_.pages.push_back(page_);
  info_.min_start = std::min(info_.min_start, page_.min_start);
  info_.max_start = std::max(info_.max_start, page_.max_start);
  resources_.forget_addresses();
  scopes_.forget_addresses();
  start_page();
}

ChunkRef PartWriter::Content::write_tables() {
  Tables tables;
  directory_.chunks.resize(columns_.size());
  for (std::uint32_t number = 0; number < columns_.size(); ++number) {
    columns_[number].finish(*out_, shapes_.columns()[number]);
    directory_.chunks[number] = columns_[number].take_chunks();
  }
  directory_.chunks[column_piece_ids] = std::move(piece_id_chunks_);
  tables.columns = std::move(shapes_.columns());
  tables.columns.resize(columns_.size());
  tables.shapes = shapes_.take_shapes();
  tables.events_whole = events_whole_;
  tables.event_names.assign(event_names_.begin(), event_names_.end());
  for (const auto& [key, type] : event_keys_) tables.event_keys.push_back({key, type});
  tables.groups_whole = groups_.is_whole();
  tables.groups = groups_.take();
  return out_->add(encode_tables(tables));
}

ChunkRef PartWriter::Content::write_index() {
  std::sort(index_.begin(), index_.end());
  std::vector<IndexBlock> blocks;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint64_t> slots;
  for (std::size_t begin = 0; begin < index_.size(); begin += index_block_entries) {
    const std::size_t end = std::min(begin + index_block_entries, index_.size());
    hashes.clear();
    slots.clear();
    for (std::size_t i = begin; i < end; ++i) {
      // Distances between neighbours need fewer bytes than hashes.
      hashes.push_back(index_[i].first - (i == begin ? index_[begin].first : index_[i - 1].first));
      slots.push_back(index_[i].second);
    }
    IndexBlock block;
    block.first_hash = index_[begin].first;
    block.entries = static_cast<std::uint32_t>(end - begin);
    ByteWriter payload;
    encode_integers(hashes, payload);
    block.hashes = out_->add(payload.view(), ChunkWriter::Compress::no);
    payload.clear();
    encode_integers(slots, payload);
    block.slots = out_->add(payload.view(), ChunkWriter::Compress::no);
    blocks.push_back(block);
  }
  return out_->add(encode_index(blocks));
}

ChunkRef PartWriter::Content::write_trace_filter() {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(index_.size());
  for (const auto& entry : index_) hashes.push_back(entry.first);
  return out_->add(make_hash_filter(hashes), ChunkWriter::Compress::no);
}

Result<PartInfo> PartWriter::Content::finish() {
  flush_page();
  info_.pages = directory_.pages.size();
  info_.rewrites = settings_.rewrites;
  info_.replaces = settings_.replaces;
  Footer footer;
  footer.tables = write_tables();
  footer.resources = resources_.write(*out_);
  footer.scopes = scopes_.write(*out_);
  footer.directory = out_->add(encode_directory(directory_));
  footer.index = write_index();
  footer.trace_filter = write_trace_filter();
  footer.info = info_;
  const std::string encoded = encode_footer(footer);
  Tail tail;
  tail.footer_offset = out_->offset();
  tail.footer_bytes = static_cast<std::uint32_t>(encoded.size());
  tail.footer_crc = crc32c(encoded);
  tail.version = format_version;
  out_->append_plain(encoded);
  out_->append_plain(encode_tail(tail));
  info_.file_bytes = out_->offset();
  if (auto finished = out_->finish(); !finished) return finished.error();
  return info_;
}

std::string temporary_path(const std::string& path) { return path + ".tmp"; }

Result<std::unique_ptr<PartWriter>> PartWriter::create(io::FileSystem& files, std::string path,
                                                       WriterSettings settings) {
  CHECK(settings.page_rows > 0 && settings.page_rows <= 1U << 18);
  auto out = ChunkWriter::create(files, temporary_path(path), settings.zstd_level);
  if (!out) return out.error();
  auto content = std::make_unique<Content>(std::move(*out), std::move(settings));
  return std::unique_ptr<PartWriter>(new PartWriter(files, std::move(path), std::move(content)));
}

PartWriter::PartWriter(io::FileSystem& files, std::string path, std::unique_ptr<Content> content)
    : files_(files), path_(std::move(path)), content_(std::move(content)) {}

PartWriter::~PartWriter() {
  content_.reset();
  // If even that fails, the file goes when the store is opened again.
  if (!published_) static_cast<void>(files_.remove(temporary_path(path_)));
}

void PartWriter::add(const Piece& piece) { content_->add(piece); }
std::size_t PartWriter::pending_rows() const { return content_->pending_rows(); }
std::uint64_t PartWriter::bytes_written() const { return content_->bytes_written(); }
Result<PartInfo> PartWriter::finish() { return content_->finish(); }

Result<void> PartWriter::publish() {
  auto renamed = files_.rename(temporary_path(path_), path_);
  if (renamed) published_ = true;
  return renamed;
}

void add_sorted(PartWriter& writer, std::vector<Piece> pieces) {
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return std::tie(a.trace->start, a.trace->id) < std::tie(b.trace->start, b.trace->id);
  });
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i + 1 < pieces.size()) {
      const auto& next = pieces[i + 1].trace->spans;
      for (std::size_t row = 0; row < next.size() && row < 2; ++row) announce_attributes(next[row]);
    }
    writer.add(pieces[i]);
  }
}

Result<PartInfo> write_part(io::FileSystem& files, const std::string& path, std::span<const Piece> pieces,
                            const WriterSettings& settings) {
  auto writer = PartWriter::create(files, path, settings);
  if (!writer) return writer.error();
  add_sorted(**writer, {pieces.begin(), pieces.end()});
  auto info = (*writer)->finish();
  if (!info) return info;
  if (auto published = (*writer)->publish(); !published) return published.error();
  if (auto synced = files.sync_dir(io::parent_of(path)); !synced) {
    // Whether the name survives is unknown; the caller will write the same again under another.
    static_cast<void>(files.remove(path));
    return synced.error();
  }
  return info;
}

}  // namespace filo::parts
