// Recorder: the one object behind the library in a process. Spans are started and committed through it by any thread;
// it never blocks them. Placed in static storage and never destroyed, because spans end in destructors of every kind.
#pragma once

#include <atomic>
#include <cstdint>

#include "filo/filo.h"
#include "sdk/chunk_pool.h"
#include "sdk/thread_state.h"

namespace filo::sdk {

class Exporter;

class Recorder {
 public:
  bool open(std::size_t memory_bytes, double sample_ratio) noexcept;
  bool is_on() const noexcept { return on_.load(std::memory_order_relaxed); }
  void turn_off() noexcept { on_.store(false, std::memory_order_relaxed); }

  // Whether a new trace with these random bits is recorded (W3C Trace Context level 2: the low 56 bits decide).
  bool samples(std::uint64_t trace_id_low) const noexcept { return (trace_id_low & random_mask) >= threshold_; }
  // Null when there is no memory, which is counted.
  SpanMemory* begin(ThreadState& state) noexcept;
  // Takes a whole span over; its memory is the thread's again.
  void commit(SpanMemory& memory, ThreadState& state) noexcept;

  ChunkPool& pool() noexcept { return pool_; }
  SealedList& sealed() noexcept { return sealed_; }
  Threads& threads() noexcept { return threads_; }
  // What to add to the monotonic clock for the time of day; kept right by the exporter.
  std::uint64_t unix_offset_ns() const noexcept { return unix_offset_ns_.load(std::memory_order_relaxed); }
  void read_clocks() noexcept;
  // In a forked child: what other threads and the parent's past had is the parent's.
  void become_child() noexcept;

 private:
  static constexpr std::uint64_t random_mask = (std::uint64_t{1} << 56U) - 1;

  bool append(const SpanMemory& memory, ThreadState& state) noexcept;
  void seal(Chunk* chunk) noexcept;
  static void leave(ThreadState& state) noexcept;

  std::atomic<bool> on_ = false;
  std::uint64_t threshold_ = 0;
  std::atomic<std::uint64_t> unix_offset_ns_ = 0;
  std::atomic<std::uint32_t> seals_ = 0;
  ChunkPool pool_;
  SealedList sealed_;
  Threads threads_;
};

std::uint64_t monotonic_ns() noexcept;

extern constinit Recorder the_recorder;
inline Recorder& recorder() noexcept { return the_recorder; }
Exporter& exporter() noexcept;

}  // namespace filo::sdk
