#include "parts/part.h"

#include <algorithm>

#include "base/crc32c.h"
#include "parts/hash_filter.h"
#include "parts/page.h"

namespace filo::parts {
namespace {

constexpr std::size_t dictionary_entries_max = 1U << 24;

Error corrupt_file(const std::string& path, std::uint64_t offset, std::string_view what) {
  return {ErrorCode::corrupt_data, path + ": offset " + std::to_string(offset) + ": " + std::string(what)};
}

}  // namespace

Result<std::shared_ptr<const Part>> Part::open(const io::FileSystem& files, std::string path) {
  auto file = files.open_read(path);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size < tail_bytes + head_magic.size()) return corrupt_file(path, 0, "too short for a part");
  const auto tail_text = (*file)->read_at(*size - tail_bytes, tail_bytes);
  if (!tail_text) return tail_text.error();
  Tail tail;
  if (!decode_tail(*tail_text, tail)) return corrupt_file(path, *size - tail_bytes, "the tail is damaged");
  if (tail.version > format_version) {
    return Error{ErrorCode::unsupported, path + ": part format " + std::to_string(tail.version) +
                                             " is newer than this program understands (" +
                                             std::to_string(format_version) + ")"};
  }
  if (tail.footer_offset > *size || tail.footer_bytes > *size - tail.footer_offset) {
    return corrupt_file(path, *size - tail_bytes, "the footer lies outside the file");
  }
  const auto footer_text = (*file)->read_at(tail.footer_offset, tail.footer_bytes);
  if (!footer_text) return footer_text.error();
  Footer footer;
  if (crc32c(*footer_text) != tail.footer_crc || !decode_footer(*footer_text, footer)) {
    return corrupt_file(path, tail.footer_offset, "the footer is damaged");
  }
  footer.info.file_bytes = *size;
  return std::shared_ptr<const Part>(new Part(std::move(path), std::move(*file), std::move(footer)));
}

Result<std::string> Part::read(const ChunkRef& ref) const { return read_chunk(*file_, path_, ref); }

void Part::note_resident(std::size_t bytes) const { resident_bytes_.fetch_add(bytes, std::memory_order_relaxed); }

void Part::forget() const {
  MutexLock lock(mutex_);
  contents_.reset();
  trace_filter_.reset();
  index_.reset();
  dictionaries_.clear();
  value_filters_.clear();
  resident_bytes_.store(0, std::memory_order_relaxed);
}

Result<std::shared_ptr<const Contents>> Part::contents() const {
  touched_.store(true, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  if (contents_) return contents_;
  auto loaded = load_contents();
  if (!loaded) return loaded;
  contents_ = *loaded;
  // Decoded, the tables take about so much more than their bytes.
  note_resident(4 * (std::size_t{footer_.tables.raw_bytes} + footer_.resources.raw_bytes + footer_.scopes.raw_bytes +
                     footer_.directory.raw_bytes));
  return loaded;
}

Result<std::shared_ptr<const Contents>> Part::load_contents() const {
  auto contents = std::make_shared<Contents>();
  auto tables = read(footer_.tables);
  if (!tables) return tables.error();
  if (!decode_tables(*tables, contents->tables)) return corrupt(footer_.tables, "the tables are malformed");
  auto resources = read(footer_.resources);
  if (!resources) return resources.error();
  if (!decode_resources(std::move(*resources), contents->tables)) return corrupt(footer_.resources, "malformed");
  auto scopes = read(footer_.scopes);
  if (!scopes) return scopes.error();
  if (!decode_scopes(std::move(*scopes), contents->tables)) return corrupt(footer_.scopes, "malformed");
  auto directory = read(footer_.directory);
  if (!directory) return directory.error();
  if (!decode_directory(*directory, contents->tables.columns.size(), contents->directory)) {
    return corrupt(footer_.directory, "the directory is malformed");
  }
  for (const auto& group : contents->tables.groups) {
    if (group.resource >= contents->tables.resources.size() || group.scope >= contents->tables.scopes.size()) {
      return corrupt(footer_.tables, "a group names what is not there");
    }
  }
  return std::shared_ptr<const Contents>(std::move(contents));
}

Result<std::shared_ptr<const Strings>> Part::load_strings(const ChunkRef& ref, std::size_t count_max) const {
  auto strings = std::make_shared<Strings>();
  if (!ref.is_empty()) {
    auto payload = read(ref);
    if (!payload) return payload.error();
    if (!strings->decode_some(std::move(*payload), count_max)) return corrupt(ref, "malformed strings");
  }
  return std::shared_ptr<const Strings>(std::move(strings));
}

Result<std::shared_ptr<const Strings>> Part::dictionary(const Contents& contents, std::uint32_t column) const {
  MutexLock lock(mutex_);
  auto& known = dictionaries_[column];
  if (known) return known;
  auto loaded = load_strings(contents.tables.columns[column].dictionary, dictionary_entries_max);
  if (!loaded) return loaded;
  known = *loaded;
  note_resident(contents.tables.columns[column].dictionary.raw_bytes);
  return loaded;
}

Result<std::shared_ptr<const Strings>> Part::value_filters(const Contents& contents, std::uint32_t column) const {
  MutexLock lock(mutex_);
  auto& known = value_filters_[column];
  if (known) return known;
  auto loaded = load_strings(contents.tables.columns[column].value_filters, contents.directory.pages.size());
  if (!loaded) return loaded;
  known = *loaded;
  note_resident(contents.tables.columns[column].value_filters.raw_bytes);
  return loaded;
}

Result<std::shared_ptr<const std::string>> Part::trace_filter() const {
  touched_.store(true, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  if (trace_filter_) return trace_filter_;
  auto bytes = read(footer_.trace_filter);
  if (!bytes) return bytes.error();
  note_resident(bytes->size());
  trace_filter_ = std::make_shared<const std::string>(std::move(*bytes));
  return trace_filter_;
}

Result<std::shared_ptr<const Part::Index>> Part::index() const {
  MutexLock lock(mutex_);
  if (index_) return index_;
  auto bytes = read(footer_.index);
  if (!bytes) return bytes.error();
  auto blocks = std::make_shared<Index>();
  if (!decode_index(*bytes, *blocks)) return corrupt(footer_.index, "the index is malformed");
  note_resident(blocks->size() * sizeof(IndexBlock));
  index_ = std::move(blocks);
  return index_;
}

Result<void> Part::append_hashes(const IndexBlock& block, std::vector<std::uint64_t>& hashes) const {
  const auto bytes = read(block.hashes);
  if (!bytes) return bytes.error();
  Integers distances;
  if (!distances.decode(*bytes, block.entries)) return corrupt(block.hashes, "malformed");
  std::uint64_t at = block.first_hash;
  for (std::size_t i = 0; i < block.entries; ++i) hashes.push_back(at += distances[i]);
  return {};
}

Result<std::vector<std::uint64_t>> Part::trace_hashes() const {
  const auto blocks = index();
  if (!blocks) return blocks.error();
  std::vector<std::uint64_t> hashes;
  for (const auto& block : **blocks) {
    if (auto appended = append_hashes(block, hashes); !appended) return appended.error();
  }
  return hashes;
}

Result<void> Part::append_slots(const IndexBlock& block, std::uint64_t hash, std::vector<std::uint64_t>& slots) const {
  std::vector<std::uint64_t> hashes;
  if (auto appended = append_hashes(block, hashes); !appended) return appended;
  const auto [first, last] = std::equal_range(hashes.begin(), hashes.end(), hash);
  if (first == last) return {};
  const auto slot_bytes = read(block.slots);
  if (!slot_bytes) return slot_bytes.error();
  Integers positions;
  if (!positions.decode(*slot_bytes, block.entries)) return corrupt(block.slots, "malformed");
  for (auto at = first; at != last; ++at) slots.push_back(positions[static_cast<std::size_t>(at - hashes.begin())]);
  return {};
}

Result<std::vector<PiecePlace>> Part::places_of(TraceId id) const {
  std::vector<PiecePlace> places;
  const std::uint64_t hash = id.hash();
  const auto filter = trace_filter();
  if (!filter) return filter.error();
  if (!may_contain(**filter, hash)) return places;
  const auto blocks = index();
  if (!blocks) return blocks.error();
  // Equal hashes may begin in the block before the first one that starts with them.
  auto block = std::lower_bound((*blocks)->begin(), (*blocks)->end(), hash,
                                [](const IndexBlock& b, std::uint64_t h) { return b.first_hash < h; });
  if (block != (*blocks)->begin()) --block;
  std::vector<std::uint64_t> slots;
  for (; block != (*blocks)->end() && block->first_hash <= hash; ++block) {
    if (auto appended = append_slots(*block, hash, slots); !appended) return appended.error();
  }
  if (slots.empty()) return places;
  const auto contents = this->contents();
  if (!contents) return contents.error();
  const auto& pages = (*contents)->directory.pages;
  for (const auto slot : slots) {
    const auto after = std::upper_bound(pages.begin(), pages.end(), slot,
                                        [](std::uint64_t s, const PageEntry& page) { return s < page.first_slot; });
    if (after == pages.begin()) return corrupt(footer_.index, "a slot without a page");
    const auto page = static_cast<std::uint32_t>(after - pages.begin() - 1);
    const std::uint64_t piece = slot - pages[page].first_slot;
    if (piece >= pages[page].pieces) return corrupt(footer_.index, "a slot beyond its page");
    places.push_back({page, static_cast<std::uint32_t>(piece)});
  }
  return places;
}

Result<std::optional<std::uint64_t>> Part::through(TraceId id) const {
  const auto places = places_of(id);
  if (!places) return places.error();
  std::optional<std::uint64_t> greatest;
  if (places->empty()) return greatest;
  const auto contents = this->contents();
  if (!contents) return contents.error();
  for (const auto place : *places) {
    Page page(*this, **contents, place.page);
    const auto* pieces = page.pieces();
    if (pieces == nullptr) return page.error();
    if (pieces->id(place.piece) != id) continue;
    greatest = std::max(greatest.value_or(0), pieces->through[place.piece]);
  }
  return greatest;
}

Result<void> Part::append_piece(const std::shared_ptr<const Contents>& contents, TraceId id, PiecePlace place,
                                SpanBatch& batch) const {
  const auto& pages = contents->directory.pages;
  for (std::uint32_t number = place.page; number < pages.size(); ++number) {
    Page page(*this, *contents, number);
    const auto* pieces = page.pieces();
    if (pieces == nullptr) return page.error();
    const std::uint32_t piece = number == place.page ? place.piece : 0;
    if (number != place.page && (!pages[number].continues || pieces->size() == 0)) break;
    if (pieces->id(piece) != id) break;  // another trace with the same hash
    if (auto appended = page.append_spans(piece, batch); !appended) return appended;
    if (piece + 1 < pieces->size()) break;
  }
  return {};
}

Result<void> Part::find(TraceId id, SpanSet& set) const {
  const auto places = places_of(id);
  if (!places) return places.error();
  if (places->empty()) return {};
  const auto contents = this->contents();
  if (!contents) return contents.error();
  auto batch = std::make_shared<SpanBatch>();
  Result<void> state;
  for (const auto place : *places) {
    auto appended = append_piece(*contents, id, place, *batch);
    if (!appended && state) state = std::move(appended);
  }
  if (batch->spans.empty()) return state;
  set.spans.insert(set.spans.end(), batch->spans.begin(), batch->spans.end());
  set.owners.push_back(std::move(batch));
  // The spans' resources and scopes stand in the part's tables.
  set.owners.push_back(std::shared_ptr<const SpanBatch>(*contents, &(*contents)->tables.memory));
  return state;
}

}  // namespace filo::parts
