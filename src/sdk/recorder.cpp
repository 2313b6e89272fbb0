#include "sdk/recorder.h"

#include <time.h>

#include <new>

#include "sdk/exporter.h"

namespace filo::sdk {
namespace {

constexpr std::uint8_t spans_tag = 0x12;     // ScopeSpans.spans
constexpr std::uint32_t seals_per_wake = 8;  // a quarter of a megabyte
constexpr std::uint64_t ns_per_s = 1'000'000'000;

std::uint64_t read(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * ns_per_s + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

constinit Recorder the_recorder;

std::uint64_t monotonic_ns() noexcept { return read(CLOCK_MONOTONIC); }

bool Recorder::open(std::size_t memory_bytes, double sample_ratio) noexcept {
  if (!pool_.reserve(memory_bytes) || !threads_.open(leave)) return false;
  threshold_ = static_cast<std::uint64_t>((1.0 - sample_ratio) * static_cast<double>(random_mask + 1));
  read_clocks();
  on_.store(true, std::memory_order_release);
  return true;
}

void Recorder::read_clocks() noexcept {
  unix_offset_ns_.store(read(CLOCK_REALTIME) - read(CLOCK_MONOTONIC), std::memory_order_relaxed);
}

SpanMemory* Recorder::begin(ThreadState& state) noexcept {
  state.started.add();
  SpanMemory* memory = state.free_memory;
  if (memory != nullptr) {
    state.free_memory = memory->next_free;
    --state.free_memory_count;
    return memory;
  }
  memory = new (std::nothrow) SpanMemory;
  if (memory == nullptr) {
    state.ended.add();
    state.dropped_no_memory.add();
  }
  return memory;
}

void Recorder::commit(SpanMemory& memory, ThreadState& state) noexcept {
  state.ended.add();
  if (memory.loss == SpanMemory::Loss::none && !append(memory, state)) memory.loss = SpanMemory::Loss::no_memory;
  if (memory.loss == SpanMemory::Loss::too_large) state.dropped_too_large.add();
  if (memory.loss == SpanMemory::Loss::no_memory) state.dropped_no_memory.add();
  if (memory.large != nullptr) pool_.give_back(memory.large);
  // A thread that ends what others began would keep the memory of all of it.
  if (state.free_memory_count == ThreadState::free_memory_max) return delete &memory;
  memory.large = nullptr;
  memory.bytes = memory.small;
  memory.capacity = sizeof(memory.small);
  memory.used = 0;
  memory.tags = 0;
  memory.loss = SpanMemory::Loss::none;
  memory.next_free = state.free_memory;
  state.free_memory = &memory;
  ++state.free_memory_count;
}

bool Recorder::append(const SpanMemory& memory, ThreadState& state) noexcept {
  const std::size_t size = field_size(memory.used);
  Chunk* chunk = state.chunk.load(std::memory_order_relaxed);
  std::uint32_t committed = chunk == nullptr ? 0 : chunk->committed.load(std::memory_order_relaxed);
  if (chunk == nullptr || size > sizeof(chunk->bytes) - committed) {
    if (chunk != nullptr) seal(chunk);
    chunk = pool_.take();
    state.chunk.store(chunk, std::memory_order_release);
    if (chunk == nullptr) return false;
    committed = 0;
  }
  put_field(chunk->bytes + committed, spans_tag, {memory.bytes, memory.used});
  chunk->committed.store(committed + static_cast<std::uint32_t>(size), std::memory_order_release);
  exporter().ensure_running();
  return true;
}

void Recorder::seal(Chunk* chunk) noexcept {
  sealed_.add(chunk);
  if (seals_.fetch_add(1, std::memory_order_relaxed) % seals_per_wake == seals_per_wake - 1) exporter().wake();
}

void Recorder::leave(ThreadState& state) noexcept {
  state.contexts.clear();
  Chunk* chunk = state.chunk.exchange(nullptr, std::memory_order_acq_rel);
  if (chunk != nullptr) the_recorder.seal(chunk);
}

void Recorder::become_child() noexcept {
  for (Chunk* chunk = sealed_.take_all(); chunk != nullptr;) {
    Chunk* next = chunk->next_sealed;
    pool_.give_back(chunk);
    chunk = next;
  }
  const ThreadState* own = threads_.own_if_any();
  for (ThreadState* state = threads_.first(); state != nullptr; state = state->next) {
    if (Chunk* chunk = state->chunk.exchange(nullptr); chunk != nullptr) pool_.give_back(chunk);
    for (OwnCounter* counter :
         {&state->started, &state->ended, &state->dropped_no_memory, &state->dropped_too_large, &state->dropped_tags}) {
      counter->clear();
    }
    if (state != own) {
      state->contexts.clear();
      state->is_taken.store(false);
    }
    state->random.seed();
  }
}

}  // namespace filo::sdk
