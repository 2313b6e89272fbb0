// Window: the recent spans of one shard, by trace, in memory; what people can find the moment a sender was answered,
// and where a trace waits until it is whole.
//
// Batches go in whole and are never copied; a trace is a chain of rows through them. A trace leaves when it has been
// idle, when it is old, or when memory is short (the oldest batch first, so that memory and journal are given back in
// order). It leaves in two steps: take() picks traces and keeps them visible; forget() drops them once they are written
// elsewhere.
//
// Thread-safe: one shard thread calls insert(), take() and forget(); any thread reads. Bounded by its owner, who
// refuses spans while bytes() is over the limit. Driven by the steady time that it is given; no clock of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.h"
#include "concurrency/thread_annotations.h"
#include "model/span_batch.h"

namespace filo::window {

using Sequence = std::uint64_t;

struct Limits {
  Duration idle = std::chrono::seconds(5);      // no new span for so long: the trace is taken for whole
  Duration age_max = std::chrono::seconds(60);  // first span so long ago: it leaves, whole or not
  std::size_t bytes_soft = 256U << 20;          // over this, traces leave early, oldest first
  std::size_t spans_per_take = 32'768;          // at most about so many at once: the lock is held meanwhile
};

// Traces that are on their way out. Keeps their spans alive; the window goes on showing them until forget().
struct Leaving {
  struct Row {
    const SpanBatch* batch;
    std::uint32_t row;
  };
  struct Chain {
    TraceId id;
    std::size_t first_row;  // in `rows`
    std::size_t rows;
  };
  std::vector<Chain> traces;
  std::vector<Row> rows;
  std::vector<std::shared_ptr<const SpanBatch>> owners;
  Sequence through = 0;  // every record up to this one had been inserted
  std::uint64_t ticket = 0;

  bool empty() const { return traces.empty(); }
  // The spans of one of the traces; valid as long as this object.
  SpanSet spans_of(const Chain& chain) const;
};

class Window {
 public:
  // `released` runs for each inserted batch, with its sequence, when the last of its traces was forgotten.
  Window(const Limits& limits, std::function<void(Sequence)> released);
  ~Window();

  // All rows of the batch; sequences only grow.
  void insert(std::shared_ptr<const SpanBatch> batch, Sequence sequence, Duration steady_now);

  // What is due to leave now. With Due::everything, all of it (shutdown).
  enum class Due { limits, everything };
  Leaving take(Duration steady_now, Due due);
  void forget(const Leaving& leaving);

  // For readers.
  SpanSet find(TraceId id) const;
  bool has(TraceId id) const;  // what find() would give is not empty
  std::vector<std::shared_ptr<const SpanBatch>> batches() const;

  std::size_t bytes() const;
  std::size_t spans() const;
  std::size_t traces() const;
  // bytes() less what take() has handed out whole: what counts against Limits::bytes_soft.
  std::size_t bytes_staying() const;

 private:
  struct Row {
    std::uint32_t slot = no_slot;
    std::uint32_t row = 0;
  };
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  // A batch and, for each of its rows, the next row of the same trace.
  struct Slot {
    std::shared_ptr<const SpanBatch> batch;
    std::vector<Row> next;
    Sequence sequence = 0;
    std::size_t rows_staying = 0;  // of traces that were not taken
    std::size_t rows_left = 0;     // of traces that were not forgotten
    std::size_t bytes = 0;
  };
  struct Entry {
    TraceId id;
    Row first;
    Row last;
    std::uint32_t spans = 0;
    Duration first_seen{};
    Duration last_seen{};
    Entry* older = nullptr;  // list by last_seen
    Entry* newer = nullptr;
    Entry* left_before = nullptr;  // the trace's spans that were taken earlier and not yet forgotten
    std::uint64_t ticket = 0;      // of the take(); 0 while it stays
    bool is_staying() const { return ticket == 0; }
  };

  std::uint32_t add_slot(std::shared_ptr<const SpanBatch> batch, Sequence sequence) REQUIRES(mutex_);
  Entry& staying_entry(TraceId id, Duration steady_now) REQUIRES(mutex_);
  Entry* find_staying(TraceId id) REQUIRES(mutex_);
  void drop_entry(TraceId id, std::uint64_t ticket, std::vector<Sequence>& released) REQUIRES(mutex_);
  void append_row(Entry& entry, Row row) REQUIRES(mutex_);
  void link_newest(Entry& entry) REQUIRES(mutex_);
  void unlink(Entry& entry) REQUIRES(mutex_);
  void take_entry(Entry& entry, Leaving& leaving) REQUIRES(mutex_);
  void take_idle_and_old(Duration steady_now, Leaving& leaving) REQUIRES(mutex_);
  void take_oldest_batches(std::size_t bytes_goal, Leaving& leaving) REQUIRES(mutex_);
  void add_owners(Leaving& leaving) REQUIRES(mutex_);
  void drop_rows(const Entry& entry, std::vector<Sequence>& released) REQUIRES(mutex_);
  void collect(const Entry& entry, SpanSet& set) const REQUIRES(mutex_);

  const Limits limits_;
  const std::function<void(Sequence)> released_;

  mutable Mutex mutex_;
  std::vector<Slot> slots_ GUARDED_BY(mutex_);
  std::vector<std::uint32_t> free_slots_ GUARDED_BY(mutex_);
  std::deque<std::pair<Sequence, std::uint32_t>> slots_by_age_ GUARDED_BY(mutex_);  // may name freed slots
  // A trace's entry that stays, if it has one, else the one that was taken last; those taken before hang on it.
  boost::unordered_flat_map<TraceId, Entry*, std::hash<TraceId>> entries_ GUARDED_BY(mutex_);
  std::deque<Entry> entry_memory_ GUARDED_BY(mutex_);
  std::vector<Entry*> free_entries_ GUARDED_BY(mutex_);
  Entry* oldest_ GUARDED_BY(mutex_) = nullptr;  // by last_seen
  Entry* newest_ GUARDED_BY(mutex_) = nullptr;
  std::deque<std::pair<Duration, TraceId>> births_ GUARDED_BY(mutex_);  // by first_seen; may name traces that left
  std::uint64_t next_ticket_ GUARDED_BY(mutex_) = 1;
  Sequence inserted_through_ GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t bytes_leaving_ GUARDED_BY(mutex_) = 0;  // of slots of which every trace was taken
  std::size_t spans_ GUARDED_BY(mutex_) = 0;
};

}  // namespace filo::window
