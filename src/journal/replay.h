// Reads journal files back: gives every record that its checksum vouches for to a visitor, tells what it could not
// read. Holds one record and one chunk at a time; trusts no length it reads.
#pragma once

#include <functional>
#include <vector>

#include "io/file_system.h"
#include "journal/format.h"

namespace filo::journal {

// Called once a record, in the order of their sequences. The payload is valid during the call only.
using Visitor = std::function<void(Sequence, std::string_view payload)>;

// Bytes of a file that were answered for and cannot be read, or that stand before ones that can.
struct Corruption {
  std::string file;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct ReplayReport {
  static constexpr std::size_t corruptions_max = 1000;

  std::uint64_t records = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t torn_tail_bytes = 0;  // what the last write left unfinished
  std::uint64_t corruption_count = 0;
  std::vector<Corruption> corruptions;  // the first corruptions_max of them

  void add(Corruption corruption);
};

enum class Tail {
  may_be_torn,    // nothing says that the end of the file was answered for
  must_be_whole,  // damage is corruption wherever it is
};

// What is known of a file before its records are read.
struct FileToReplay {
  std::string path;
  enum class Header { valid, damaged } header = Header::valid;
  Tail tail = Tail::may_be_torn;
  std::uint64_t size = 0;
  std::uint64_t end = 0;  // records stand before this; more than `size` when bytes are missing
  Sequence after = 0;     // sequences are greater than this,
  Sequence before = 0;    // and less than this
  std::uint32_t record_bytes_max = 0;
};

struct ReplayedFile {
  Sequence last = 0;               // of the records found; 0 if none
  std::uint64_t readable_end = 0;  // where the last good record ends, or the header if there is none
};

// Damage goes into the report; the error is one of the file system.
Result<ReplayedFile> replay_file(const io::File& file, const FileToReplay& facts, const Visitor& visit,
                                 ReplayReport& report);

}  // namespace filo::journal
