// Journal: makes opaque payloads durable in order, for many threads at once, and forgets them when released. One
// thread, "journal", commits: it takes everything that waits, writes it, syncs once, and runs the answers in order;
// what came meanwhile is the next commit. Thread-safe, except close() and the destructor, which are the owner's.
//
// Bounded: bytes that wait by queue_bytes_max, bytes on disk by journal_bytes_max and by the reserve that stays free.
// A full or failed disk refuses and fails; the journal tries again by itself, no hand needed.
#pragma once

#include <condition_variable>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/unique_function.h"
#include "concurrency/thread_annotations.h"
#include "concurrency/worker.h"
#include "io/file_system.h"
#include "journal/journal_log.h"
#include "journal/metrics.h"

namespace filo::journal {

struct JournalConfig {
  LogConfig log;
  std::uint64_t journal_bytes_max = std::uint64_t{4} << 30;
  std::size_t queue_bytes_max = 64U << 20;  // accepted and not yet answered; one record may exceed it if it is alone
  std::uint64_t reserve_bytes = 64U << 20;  // of the disk, left free so that sealing and retention can work
  Duration sync_interval = std::chrono::milliseconds(250);  // SyncMode::interval
  Duration check_interval = std::chrono::seconds(1);  // how often space is looked at and a failed disk tried again
};

class Journal {
 public:
  // Runs once, on the committer's thread, with no lock held: durable, or failed with the reason (then it may still be
  // replayed after a crash). Must not call close(). May append().
  using Done = UniqueFunction<void(Result<Sequence>)>;

  // Gives the records of earlier runs to `visit`, then starts the committer. `files` and `clock` outlive the journal.
  static Result<std::unique_ptr<Journal>> open(io::FileSystem& files, const std::string& dir,
                                               const JournalConfig& config, const Clock& clock, const Visitor& visit);
  ~Journal() { close(); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Never blocks on the disk. The payload stays valid until `done` ran; let `done` own it. False when refused: `done`
  // is then untouched and refusal() says why.
  [[nodiscard]] bool append(std::string_view payload, Done&& done);
  // Why a record would be refused now, none if it would not.
  Refusal refusal() const;

  // Records up to this one need not be replayed; their files are deleted soon.
  void release(Sequence through);

  // Refuses what comes from now on, answers what waits, syncs and joins. Safe to call twice.
  void close();

  const ReplayReport& replay() const { return replay_; }
  const Metrics& metrics() const { return metrics_; }

 private:
  struct Waiting {
    std::string_view payload;
    Done done;
  };

  Journal(io::FileSystem& files, std::string dir, const JournalConfig& config, const Clock& clock)
      : files_(files), dir_(std::move(dir)), config_(config), clock_(clock) {}

  Refusal refusal_of(std::size_t payload_bytes) const REQUIRES(mutex_);

  // All below run on the committer's thread.
  void run();
  std::vector<Waiting> wait_for_work();
  void commit(std::vector<Waiting> waiting);
  void release_files();
  void look_at_the_disk();
  void sync_if_due();
  void fail(const Error& error);
  void set_condition(Refusal condition, std::string_view reason);
  Refusal condition() const;
  void update_gauges();

  io::FileSystem& files_;
  const std::string dir_;
  const JournalConfig config_;
  const Clock& clock_;
  ReplayReport replay_;
  Metrics metrics_;

  mutable Mutex mutex_;
  std::condition_variable_any work_came_;
  std::vector<Waiting> waiting_ GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;  // and those being committed
  std::uint64_t log_bytes_ GUARDED_BY(mutex_) = 0;
  Refusal condition_ GUARDED_BY(mutex_) = Refusal::none;  // none, disk_full or broken
  Sequence release_wanted_ GUARDED_BY(mutex_) = 0;
  bool is_closed_ GUARDED_BY(mutex_) = false;

  // The committer's own.
  std::unique_ptr<JournalLog> log_;
  Sequence release_tried_ = 0;
  enum class Release { complete, to_retry } release_ = Release::complete;
  Duration next_check_{};
  Duration next_sync_{};
  std::uint64_t written_since_check_ = 0;
  std::unique_ptr<Worker> worker_;  // last: it uses all of the above
};

}  // namespace filo::journal
