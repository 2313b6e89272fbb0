// Ledger: which journal records are still needed. A record is opened when it is handed to the shards and closed when
// the last of its spans is stored; the journal may forget everything before the oldest open one. Thread-safe; holds one
// small entry a record that the window still needs.
#pragma once

#include <cstdint>
#include <deque>

#include "concurrency/thread_annotations.h"
#include "pipeline/trace_writer.h"

namespace filo::pipeline {

class Ledger {
 public:
  // `holders` shards have spans of this record; 0 closes it at once. Sequences only grow.
  void open(Sequence sequence, std::uint32_t holders);
  void close(Sequence sequence);
  // Everything up to here is closed. 0 before anything was.
  Sequence closed_through() const;

 private:
  struct Entry {
    Sequence sequence;
    std::uint32_t holders;
  };
  void advance() REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::deque<Entry> entries_ GUARDED_BY(mutex_);  // from the oldest open record on
  Sequence closed_through_ GUARDED_BY(mutex_) = 0;
};

}  // namespace filo::pipeline
