#include "parts/column_writer.h"

#include <algorithm>

#include "base/hash.h"
#include "parts/codec.h"
#include "parts/hash_filter.h"

namespace filo::parts {
namespace {

bool all_zero(std::span<const std::uint64_t> values) {
  return std::all_of(values.begin(), values.end(), [](std::uint64_t v) { return v == 0; });
}

}  // namespace

std::uint32_t ColumnWriter::add_text(std::string_view text) {
  text_bytes_ += text.size();
  if (!texts_.empty() && texts_.back() == text) {
    hashes_.push_back(hashes_.back());
    numbers_.push_back(numbers_.back());
    texts_.push_back(text);
    return gave_up_ ? no_code : static_cast<std::uint32_t>(numbers_.back());
  }
  const std::uint64_t hash = hash64(text);
  const std::uint32_t code = gave_up_ ? no_code : table_.intern(text, hash);
  texts_.push_back(text);
  hashes_.push_back(hash);
  numbers_.push_back(code);
  return code;
}

void ColumnWriter::add_chunk(ChunkWriter& out, std::uint32_t page, Encoding encoding) {
  ColumnChunk chunk;
  chunk.page = page;
  chunk.encoding = encoding;
  chunk.ref = out.add(payload_.view());
  chunks_.push_back(chunk);
}

void ColumnWriter::flush(ChunkWriter& out, std::uint32_t page) {
  leading_empty_ = 0;
  if (numbers_.empty()) return;
  payload_.clear();
  if (kind_ == ColumnKind::text) {
    if (text_bytes_ > 0) flush_text(out, page);
  } else if (all_zero(numbers_)) {
    // Left out: a reader takes it for zeroes, or for empty values.
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
  hashes_.clear();
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
  return texts_.size() < values_min || fresh * 2 <= texts_.size();
}

void ColumnWriter::flush_text(ChunkWriter& out, std::uint32_t page) {
  if (!gave_up_ && dictionary_pays()) {
    encode_integers(numbers_, payload_);
    add_chunk(out, page, Encoding::dictionary);
    note_bounds();
    return;
  }
  if (!gave_up_) {
    gave_up_ = true;
    table_.truncate(table_size_before_page_);
  }
  encode_strings(texts_, payload_);
  add_chunk(out, page, Encoding::strings);
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  value_filters_.push_back(make_hash_filter(hashes_));
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
