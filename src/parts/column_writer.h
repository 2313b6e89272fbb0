// ColumnWriter: the values of one column while a part is written: those of the page that is being filled, and what is
// kept for the whole part (dictionary, value filters, list of chunks). One thread. Strings are views until flush().
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "parts/layout.h"
#include "parts/string_table.h"

namespace filo::parts {

class ColumnWriter {
 public:
  ColumnWriter(ColumnKind kind, ValueType type, std::size_t dictionary_max)
      : kind_(kind), type_(type), dictionary_max_(dictionary_max) {}

  void add_number(std::uint64_t value) {
    if (numbers_.empty()) {
      // Most columns are zero from one end of a page to the other.
      if (value == 0) return void(++leading_zeroes_);
      numbers_.assign(leading_zeroes_, 0);
    }
    numbers_.push_back(value);
  }
  // `text` stays valid until flush(). Returns its number in the dictionary, or `no_code`.
  std::uint32_t add_text(std::string_view text);
  // As add_text, for columns that are nearly always empty.
  void add_rare_text(std::string_view text) {
    if (text.empty() && rows() == 0) return void(++leading_zeroes_);
    for (; leading_zeroes_ > 0; --leading_zeroes_) add_text({});
    add_text(text);
  }
  // What `encode` appends to the writer it is given is the value.
  template <typename Encode>
  void add_blob(Encode encode) {
    const std::size_t before = blob_.size();
    encode(blob_);
    add_number(blob_.size() - before);
  }

  // Writes the page's values, unless all of them are zero or empty, and starts the next page.
  void flush(ChunkWriter& out, std::uint32_t page);
  // Writes the dictionary and the value filters; after the last page.
  void finish(ChunkWriter& out, ColumnEntry& entry);

  bool has_dictionary() const { return !gave_up_; }
  std::size_t page_bytes() const { return text_bytes_ + blob_.size() + numbers_.size() * sizeof(std::uint64_t); }
  std::span<const std::string_view> dictionary() const { return table_.entries(); }
  std::vector<ColumnChunk> take_chunks() { return std::move(chunks_); }

  static constexpr std::uint32_t no_code = UINT32_MAX;

 private:
  std::size_t rows() const { return numbers_.size() + texts_.size(); }
  void flush_text(ChunkWriter& out, std::uint32_t page);
  void flush_strings(ChunkWriter& out, std::uint32_t page);
  bool dictionary_pays() const;
  void give_up_dictionary();
  void note_bounds();
  void add_chunk(ChunkWriter& out, std::uint32_t page, Encoding encoding);

  ColumnKind kind_;
  ValueType type_;
  std::size_t dictionary_max_;

  std::vector<std::uint64_t> numbers_;   // numbers, lengths of blobs, or positions of texts in the dictionary
  std::vector<std::string_view> texts_;  // without a dictionary
  std::size_t text_bytes_ = 0;
  std::size_t leading_zeroes_ = 0;  // rows of this page that came while the lists above were empty
  ByteWriter blob_;
  ByteWriter payload_;
  std::uint32_t pages_plain_ = 0;  // still to be written without trying to compress them

  StringTable table_;
  std::size_t table_size_before_page_ = 0;
  bool gave_up_ = false;  // on the dictionary, from this page on
  std::vector<std::string> value_filters_;
  std::vector<ColumnChunk> chunks_;
};

}  // namespace filo::parts
