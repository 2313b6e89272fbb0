#include "sdk/chunk_pool.h"

#include <sys/mman.h>

namespace filo::sdk {
namespace {

constexpr std::uint64_t number_mask = UINT32_MAX;
constexpr std::uint64_t one_change = std::uint64_t{1} << 32U;

// All but next_free, which a slower take() may still be looking at.
Chunk* emptied(Chunk* chunk) noexcept {
  chunk->committed.store(0, std::memory_order_relaxed);
  chunk->consumed = 0;
  chunk->next_sealed = nullptr;
  return chunk;
}

}  // namespace

bool ChunkPool::reserve(std::size_t bytes) noexcept {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  chunks_ = static_cast<Chunk*>(memory);  // fresh pages are zero, and so is an empty chunk
  count_ = static_cast<std::uint32_t>(bytes / sizeof(Chunk));
  return true;
}

Chunk* ChunkPool::take() noexcept {
  std::uint64_t head = first_free_.load(std::memory_order_acquire);
  while ((head & number_mask) != 0) {
    Chunk* chunk = chunks_ + (head & number_mask) - 1;
    const std::uint64_t next = ((head & ~number_mask) + one_change) | chunk->next_free.load(std::memory_order_relaxed);
    if (first_free_.compare_exchange_weak(head, next, std::memory_order_acquire)) return emptied(chunk);
  }
  std::uint32_t number = untouched_.load(std::memory_order_relaxed);
  do {
    if (number >= count_) return nullptr;
  } while (!untouched_.compare_exchange_weak(number, number + 1, std::memory_order_relaxed));
  return chunks_ + number;
}

void ChunkPool::give_back(Chunk* chunk) noexcept {
  std::uint64_t head = first_free_.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    chunk->next_free.store(static_cast<std::uint32_t>(head & number_mask), std::memory_order_relaxed);
    next = ((head & ~number_mask) + one_change) | (number_of(chunk) + 1);
  } while (!first_free_.compare_exchange_weak(head, next, std::memory_order_release, std::memory_order_relaxed));
}

}  // namespace filo::sdk
