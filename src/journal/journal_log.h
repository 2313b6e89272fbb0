// JournalLog: the journal's files and nothing else. Single-threaded and deterministic; the thread-safe Journal owns
// one, simulations drive one by hand. Bounded by its user: what is appended is held until commit(), what is committed
// is kept until release().
//
// A record is answered for when the commit() after its append() succeeded, and only then; open() gives every such
// record back until it is released. It may also give back records of the last commit() that failed: nobody was told
// about them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "io/file_system.h"
#include "journal/format.h"
#include "journal/replay.h"

namespace filo::journal {

enum class SyncMode {
  always,    // commit() makes durable
  interval,  // sync() does; a power cut may take what was committed since
  off,       // the operating system does, some time
};

struct LogConfig {
  std::uint64_t file_bytes_max = 64U << 20;     // then a new file is begun; a single commit may exceed it
  std::uint32_t record_bytes_max = 256U << 20;  // a longer payload is too_large
  SyncMode sync = SyncMode::always;
  Sequence sequence_min = 1;  // numbers begin here or later: above everything that a store remembers by sequence
};

class JournalLog {
 public:
  // Takes the directory's lock, makes it if need be, and replays what is there. unsupported, with nothing changed, when
  // a later version of Filo wrote one of the files. Changes nothing but a torn tail: a full disk opens.
  static Result<std::unique_ptr<JournalLog>> open(io::FileSystem& files, const std::string& dir,
                                                  const LogConfig& config, const Clock& clock, const Visitor& visit);
  JournalLog(const JournalLog&) = delete;
  JournalLog& operator=(const JournalLog&) = delete;

  const ReplayReport& replay() const { return replay_; }

  // Copies the payload; it waits for commit().
  Result<Sequence> append(std::string_view payload);
  // Writes what waits, once, and syncs it, once. After a failure none of it is answered for and none of it waits, and
  // the log is as it was; the next commit() may succeed. A file whose sync failed is never written again.
  Result<void> commit();
  // Syncs what was committed since the last sync, for SyncMode::interval.
  Result<void> sync();
  // Begins a new file now; proof that the disk takes writes again. Nothing may wait for commit().
  Result<void> rotate();
  // Deletes the files all of whose records are at most `through`; begins a new one when that leaves nothing. May fail
  // in part; what was not deleted is tried again by the next call.
  Result<void> release(Sequence through);

  // Greater than every sequence given so far.
  Sequence next_sequence() const { return next_sequence_; }
  // No record before this is kept.
  Sequence oldest_sequence() const { return stored_.empty() ? next_sequence_ : stored_.front().first; }
  std::uint64_t bytes() const { return bytes_; }
  std::size_t files() const { return stored_.size(); }

 private:
  struct StoredFile {
    Sequence first = 0;
    Sequence last = 0;        // first - 1 if it holds no record
    std::uint64_t bytes = 0;  // on disk, at least
  };
  // The newest file that holds, or may hold, records that were answered for, and where they end.
  struct Newest {
    Sequence first = 0;
    std::uint64_t answered_bytes = 0;
  };
  struct Found;

  JournalLog(io::FileSystem& files, std::string dir, const LogConfig& config, const Clock& clock)
      : files_(files), dir_(std::move(dir)), config_(config), clock_(clock) {}

  Result<std::vector<Found>> find_files() const;
  Result<void> replay_files(const std::vector<Found>& found, const Visitor& visit);
  void settle_newest_file(const Found& newest, std::uint64_t readable_end);
  std::string path_of(Sequence first) const { return dir_ + "/" + file_name(first); }

  Result<void> append_to_file(std::string_view records);
  Result<void> start_file(Sequence first, std::string_view records);
  Result<void> write_new_file(const std::string& path, std::string_view bytes);
  void set_bytes(StoredFile& stored, std::uint64_t bytes);

  io::FileSystem& files_;
  const std::string dir_;
  const LogConfig config_;
  const Clock& clock_;
  std::unique_ptr<io::Lock> lock_;
  ReplayReport replay_;

  std::vector<StoredFile> stored_;  // oldest first; the one being written is the last
  std::uint64_t bytes_ = 0;
  std::optional<Newest> newest_;
  std::unique_ptr<io::File> file_;  // empty until the first commit, and after a failure that is final for the file
  enum class Unsynced { nothing, something } unsynced_ = Unsynced::nothing;

  Sequence next_sequence_ = 1;
  Sequence pending_first_ = 0;
  std::string pending_;
};

}  // namespace filo::journal
