#include "parts/column_writer.h"

#include <algorithm>

#include "base/hash.h"
#include "base/short_text.h"
#include "parts/codec.h"
#include "parts/hash_filter.h"

namespace filo::parts {
namespace {

constexpr std::uint32_t pages_plain_after_failure = 15;

}  // namespace

std::uint32_t ColumnWriter::add_text(std::string_view text) {
  text_bytes_ += text.size();
  if (gave_up_) {
    texts_.push_back(text);
    return no_code;
  }
  std::uint64_t code = numbers_.empty() ? no_code : numbers_.back();
  if (code == no_code || !equal_short(table_.entries()[code], text)) code = table_.intern(text, hash64(text));
  numbers_.push_back(code);
  return static_cast<std::uint32_t>(code);
}

void ColumnWriter::add_chunk(ChunkWriter& out, std::uint32_t page, Encoding encoding) {
  ColumnChunk chunk;
  chunk.page = page;
  chunk.encoding = encoding;
  const bool hopeless = pages_plain_ > 0;
  chunk.ref = out.add(payload_.view(), hopeless ? ChunkWriter::Compress::no : ChunkWriter::Compress::yes);
  // What random ids cannot do on one page, they cannot on the next.
  if (hopeless) {
    --pages_plain_;
  } else if (chunk.ref.codec == Codec::none && chunk.ref.raw_bytes >= 1024) {
    pages_plain_ = pages_plain_after_failure;
  }
  chunks_.push_back(chunk);
}

void ColumnWriter::flush(ChunkWriter& out, std::uint32_t page) {
  leading_zeroes_ = 0;
  if (rows() == 0) return;  // left out: a reader takes it for zeroes, or for empty values
  payload_.clear();
  if (kind_ == ColumnKind::text) {
    if (text_bytes_ > 0) flush_text(out, page);
  } else if (kind_ == ColumnKind::blobs) {
    encode_strings(numbers_, blob_.view(), payload_);
    add_chunk(out, page, Encoding::strings);
  } else {
    encode_integers(numbers_, payload_);
    add_chunk(out, page, Encoding::integers);
    if (type_ == ValueType::int64) note_bounds();
  }
  numbers_.clear();
  texts_.clear();
  blob_.clear();
  text_bytes_ = 0;
  table_size_before_page_ = table_.size();
}

void ColumnWriter::note_bounds() {
  const auto less = [](std::uint64_t a, std::uint64_t b) {
    return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
  };
  const auto [low, high] = std::minmax_element(numbers_.begin(), numbers_.end(), less);
  chunks_.back().has_bounds = true;
  chunks_.back().low = static_cast<std::int64_t>(*low);
  chunks_.back().high = static_cast<std::int64_t>(*high);
}

// A dictionary is for values that come again: not when half of a page's values were new.
bool ColumnWriter::dictionary_pays() const {
  constexpr std::size_t values_min = 64;
  constexpr std::size_t dictionary_bytes_max = 8U << 20;
  if (table_.size() > dictionary_max_ || table_.bytes() > dictionary_bytes_max) return false;
  const std::size_t fresh = table_.size() - table_size_before_page_;
  return numbers_.size() < values_min || fresh * 2 <= numbers_.size();
}

// The page's texts are in the table, whose strings outlive it being cut.
void ColumnWriter::give_up_dictionary() {
  gave_up_ = true;
  texts_.reserve(numbers_.size());
  for (const std::uint64_t code : numbers_) texts_.push_back(table_.entries()[code]);
  numbers_.clear();
  table_.truncate(table_size_before_page_);
}

void ColumnWriter::flush_text(ChunkWriter& out, std::uint32_t page) {
  if (!gave_up_ && !dictionary_pays()) give_up_dictionary();
  if (gave_up_) return flush_strings(out, page);
  encode_integers(numbers_, payload_);
  add_chunk(out, page, Encoding::dictionary);
  note_bounds();
}

void ColumnWriter::flush_strings(ChunkWriter& out, std::uint32_t page) {
  encode_strings(texts_, payload_);
  add_chunk(out, page, Encoding::strings);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(texts_.size());
  for (const auto text : texts_) hashes.push_back(hash64(text));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  value_filters_.push_back(make_hash_filter(hashes));
}

void ColumnWriter::finish(ChunkWriter& out, ColumnEntry& entry) {
  if (table_.size() > 0) {
    payload_.clear();
    encode_strings(table_.entries(), payload_);
    entry.dictionary = out.add(payload_.view());
  }
  if (!value_filters_.empty()) {
    payload_.clear();
    const std::vector<std::string_view> filters(value_filters_.begin(), value_filters_.end());
    encode_strings(filters, payload_);
    entry.value_filters = out.add(payload_.view(), ChunkWriter::Compress::no);
  }
}

}  // namespace filo::parts
