// ChunkPool: the fixed memory in which ended spans wait to be sent, given out in chunks of 32 KiB. Taking and giving
// back are lock-free; memory that was never used was never touched. Lives until the process ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace filo::sdk {

// Holds whole records, one after the other; each is an element of OTLP's ScopeSpans.spans with its tag and length. One
// thread appends; the exporter reads what is committed, also while the thread goes on.
struct Chunk {
  std::atomic<std::uint32_t> committed = 0;  // bytes of whole records
  std::uint32_t consumed = 0;                // … that the exporter has taken; its own
  std::atomic<std::uint32_t> next_free = 0;  // while in the pool: number of the next one + 1
  Chunk* next_sealed = nullptr;              // while in SealedList
  char bytes[(32U << 10) - 24];
};
static_assert(sizeof(Chunk) == 32U << 10);

class ChunkPool {
 public:
  // False when the system has no address space for it. Once.
  bool reserve(std::size_t bytes) noexcept;
  // Empty, or null when all chunks are out.
  Chunk* take() noexcept;
  void give_back(Chunk* chunk) noexcept;

 private:
  std::uint32_t number_of(const Chunk* chunk) const noexcept { return static_cast<std::uint32_t>(chunk - chunks_); }

  Chunk* chunks_ = nullptr;
  std::uint32_t count_ = 0;
  std::atomic<std::uint32_t> untouched_ = 0;   // number of the first chunk that was never taken
  std::atomic<std::uint64_t> first_free_ = 0;  // number + 1, and above it a count that makes every value unlike others
};

// Full chunks on their way to the exporter. Any thread adds, one takes all.
class SealedList {
 public:
  // True when the list was empty.
  bool add(Chunk* chunk) noexcept {
    Chunk* head = head_.load(std::memory_order_relaxed);
    do {
      chunk->next_sealed = head;
    } while (!head_.compare_exchange_weak(head, chunk, std::memory_order_release, std::memory_order_relaxed));
    return head == nullptr;
  }
  // The chunk added last; the others hang on it.
  Chunk* take_all() noexcept { return head_.exchange(nullptr, std::memory_order_acquire); }

 private:
  std::atomic<Chunk*> head_ = nullptr;
};

}  // namespace filo::sdk
