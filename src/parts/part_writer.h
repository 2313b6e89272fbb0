// PartWriter: puts traces into a new part file, page by page, so that memory stays within about one page and the part's
// tables. The file is `<path>.tmp` until publish(); nobody reads it before. One thread.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "io/file_system.h"
#include "model/trace.h"
#include "parts/part_info.h"
#include "parts/shape_table.h"

namespace filo::parts {

// A trace, or what of it came at one time, with its place in the journal (pipeline/trace_writer.h).
struct Piece {
  const Trace* trace = nullptr;
  std::uint64_t through = 0;
};

struct WriterSettings {
  int zstd_level = 1;
  std::size_t page_rows = 4096;
  std::size_t page_bytes_max = 8U << 20;  // closes a page that has fewer rows
  std::size_t dictionary_max = 8192;      // entries of one column's dictionary
  std::size_t groups_max = 16'384;
  std::size_t event_words_max = 4096;  // event names, and likewise keys of event attributes
  ShapeLimits shapes;
  std::uint32_t rewrites = 0;
  std::vector<std::uint64_t> replaces;
};

class PartWriter {
 public:
  static Result<std::unique_ptr<PartWriter>> create(io::FileSystem& files, std::string path, WriterSettings settings);
  // Removes the temporary file if the part was not published.
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;

  // Best in ascending order of start; a trace of any size. The trace stays until pending_rows() is zero again.
  void add(const Piece& piece);
  std::size_t pending_rows() const;
  std::uint64_t bytes_written() const;

  // Writes the rest and makes the content durable.
  Result<PartInfo> finish();
  // Gives the file its name. The caller syncs the directory.
  Result<void> publish();

 private:
  class Content;
  PartWriter(io::FileSystem& files, std::string path, std::unique_ptr<Content> content);

  io::FileSystem& files_;
  std::string path_;
  std::unique_ptr<Content> content_;
  bool published_ = false;
};

// In the order that a part is best written in.
void add_sorted(PartWriter& writer, std::vector<Piece> pieces);

std::string temporary_path(const std::string& path);

// All of that for traces in memory, in any order: afterwards the part survives a power cut, or nothing is left of it.
Result<PartInfo> write_part(io::FileSystem& files, const std::string& path, std::span<const Piece> pieces,
                            const WriterSettings& settings);

}  // namespace filo::parts
