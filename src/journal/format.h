// The bytes of a journal file, as docs/formats/journal.md describes them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace filo::journal {

// Numbers records in the order they were appended; never reused, 0 is none. Not without gaps.
using Sequence = std::uint64_t;

constexpr std::uint32_t format_version = 1;
constexpr std::size_t file_header_bytes = 64;
constexpr std::size_t record_header_bytes = 16;
constexpr Sequence sequence_max = Sequence{1} << 63;
// Two records of one file are less than this apart, and each opening skips this many sequences.
constexpr Sequence sequence_gap_max = Sequence{1} << 32;

struct FileHeader {
  Timestamp created;
  Sequence first = 0;
  // The file before this one, and where it ends: whatever is behind was never answered for. 0 if there is none.
  Sequence previous_first = 0;
  std::uint64_t previous_bytes = 0;
};

std::string encode(const FileHeader& header);
// corrupt_data, or unsupported when a later version of Filo wrote it. Needs file_header_bytes.
Result<FileHeader> decode_file_header(std::string_view bytes);

void append_record(std::string& out, Sequence sequence, std::string_view payload);

struct RecordHeader {
  std::uint32_t length = 0;
  std::uint32_t checksum = 0;
  Sequence sequence = 0;
};
// Needs record_header_bytes; checks nothing.
RecordHeader decode_record_header(std::string_view bytes);
// Of the whole record as it is stored, header and payload.
bool checksum_matches(std::string_view record);

std::string file_name(Sequence first);
// Nothing for a name that is not a journal file's.
std::optional<Sequence> parse_file_name(std::string_view name);

}  // namespace filo::journal
