// Arbitrary bytes as a part: opened, searched, counted and read. The first byte chooses: the bytes are the file, or
// they are one chunk's payload, which lets the fuzzer behind the checksums.
#include <cstdint>

#include "base/check.h"
#include "io/memory_file_system.h"
#include "parts/census.h"
#include "parts/codec.h"
#include "parts/page.h"
#include "parts/piece_cursor.h"
#include "parts/scan.h"

namespace filo::parts {
namespace {

void read_as_part(std::string_view bytes) {
  io::MemoryFileSystem files;
  auto file = files.create("x.part");
  CHECK(file.has_value() && (*file)->append(bytes).has_value());
  auto part = Part::open(files, "x.part");
  if (!part) return;
  SpanSet set;
  static_cast<void>((*part)->find({1, 2}, set));
  const filter::SpanFilter everything;
  PartScan scan(*part, everything, {});
  std::vector<Match> matches;
  while (!scan.is_done()) static_cast<void>(scan.step(matches));
  for (const auto& match : matches) static_cast<void>((*part)->find(match.trace_id, set));
  auto cursor = PieceCursor::open(*part);
  while (cursor && cursor->current() != nullptr) {
    if (!cursor->advance()) break;
  }
  const auto contents = (*part)->contents();
  if (!contents) return;
  static_cast<void>(visit_groups(**part, **contents, Deadline::never(), [](const SpanGroup&) {}));
  static_cast<void>(visit_loose_spans(**part, **contents, Deadline::never(), [](const Span&) {}));
}

void read_as_payload(std::uint8_t kind, std::string_view bytes) {
  Arena arena;
  ByteReader in(bytes);
  Integers numbers;
  Strings strings;
  Tables tables;
  Directory directory;
  std::vector<IndexBlock> blocks;
  Footer footer;
  switch (kind % 10) {
    case 0:
      static_cast<void>(numbers.decode_some(bytes, 5000));
      break;
    case 1:
      static_cast<void>(strings.decode_some(std::string(bytes), 5000));
      break;
    case 2:
      static_cast<void>(decode_attributes(in, arena));
      break;
    case 3:
      static_cast<void>(decode_events(in, Timestamp{}, arena));
      break;
    case 4:
      static_cast<void>(decode_links(in, arena));
      break;
    case 5:
      static_cast<void>(decode_tables(bytes, tables));
      break;
    case 6:
      static_cast<void>(decode_directory(bytes, fixed_columns + 3, directory));
      break;
    case 7:
      static_cast<void>(decode_index(bytes, blocks));
      break;
    case 8:
      static_cast<void>(decode_footer(bytes, footer));
      break;
    default:
      static_cast<void>(decode_resource(in, arena));
      break;
  }
}

}  // namespace
}  // namespace filo::parts

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (bytes.front() == 'F') {
    filo::parts::read_as_part(bytes);
  } else {
    filo::parts::read_as_payload(static_cast<std::uint8_t>(bytes.front()), bytes.substr(1));
  }
  return 0;
}
