// Part: an immutable columnar file of traces, open for reading. Opening reads the footer only; tables, filters and
// dictionaries are read when they are first needed and stay until forget(). Every chunk is checked before use.
// Thread-safe; shared by everyone who reads it, so that a part may be unlinked while somebody still does.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "concurrency/thread_annotations.h"
#include "io/file_system.h"
#include "model/trace.h"
#include "parts/codec.h"
#include "parts/layout.h"
#include "parts/part_info.h"

namespace filo::parts {

// What a reader of several pages needs of the part.
struct Contents {
  Tables tables;
  Directory directory;
};

// A piece of a trace: the page where it begins, and its position among the page's pieces.
struct PiecePlace {
  std::uint32_t page = 0;
  std::uint32_t piece = 0;
};

class Part {
 public:
  // corrupt_data when this is no part, or a damaged one; unsupported when it is of a newer format.
  static Result<std::shared_ptr<const Part>> open(const io::FileSystem& files, std::string path);

  const PartInfo& info() const { return footer_.info; }
  const std::string& path() const { return path_; }

  // Memory of what stayed from earlier reads, about.
  std::size_t resident_bytes() const { return resident_bytes_.load(std::memory_order_relaxed); }
  // Whether somebody has read since this was asked last.
  bool take_touched() const { return touched_.exchange(false, std::memory_order_relaxed); }
  // Gives that memory back; it is read again when it is needed. Who reads meanwhile keeps what it has.
  void forget() const EXCLUDES(mutex_);

  // Appends the trace's spans. After an error those that could be read have been appended.
  Result<void> find(TraceId id, SpanSet& set) const;
  // The greatest `through` of the trace's pieces; nothing when it is not here.
  Result<std::optional<std::uint64_t>> through(TraceId id) const;

  // For Page, PartScan and the like.
  Result<std::shared_ptr<const Contents>> contents() const EXCLUDES(mutex_);
  Result<std::shared_ptr<const Strings>> dictionary(const Contents& contents, std::uint32_t column) const
      EXCLUDES(mutex_);
  // Of the column's pages with Encoding::strings, in order.
  Result<std::shared_ptr<const Strings>> value_filters(const Contents& contents, std::uint32_t column) const
      EXCLUDES(mutex_);
  Result<std::string> read(const ChunkRef& ref) const;
  Error corrupt(const ChunkRef& ref, std::string_view what) const { return corrupt_chunk(path_, ref, what); }

  // Where pieces of this trace may be: those with its hash. Usually none or one.
  Result<std::vector<PiecePlace>> places_of(TraceId id) const EXCLUDES(mutex_);
  // The hashes of all its pieces' trace ids, ascending.
  Result<std::vector<std::uint64_t>> trace_hashes() const EXCLUDES(mutex_);

 private:
  using Index = std::vector<IndexBlock>;

  Part(std::string path, std::unique_ptr<io::File> file, Footer footer)
      : path_(std::move(path)), file_(std::move(file)), footer_(std::move(footer)) {}

  Result<std::shared_ptr<const Contents>> load_contents() const;
  void note_resident(std::size_t bytes) const REQUIRES(mutex_);
  Result<std::shared_ptr<const std::string>> trace_filter() const EXCLUDES(mutex_);
  Result<std::shared_ptr<const Index>> index() const EXCLUDES(mutex_);
  Result<std::shared_ptr<const Strings>> load_strings(const ChunkRef& ref, std::size_t count_max) const;
  Result<void> append_hashes(const IndexBlock& block, std::vector<std::uint64_t>& hashes) const;
  Result<void> append_slots(const IndexBlock& block, std::uint64_t hash, std::vector<std::uint64_t>& slots) const;
  Result<void> append_piece(const std::shared_ptr<const Contents>& contents, TraceId id, PiecePlace place,
                            SpanBatch& batch) const;

  std::string path_;
  std::unique_ptr<io::File> file_;
  Footer footer_;

  mutable Mutex mutex_;
  mutable std::shared_ptr<const Contents> contents_ GUARDED_BY(mutex_);
  mutable std::shared_ptr<const std::string> trace_filter_ GUARDED_BY(mutex_);
  mutable std::shared_ptr<const Index> index_ GUARDED_BY(mutex_);
  mutable std::map<std::uint32_t, std::shared_ptr<const Strings>> dictionaries_ GUARDED_BY(mutex_);
  mutable std::map<std::uint32_t, std::shared_ptr<const Strings>> value_filters_ GUARDED_BY(mutex_);
  mutable std::atomic<std::size_t> resident_bytes_ = 0;
  mutable std::atomic<bool> touched_ = false;
};

}  // namespace filo::parts
