// Exporter: the one thread that collects committed spans, frames them as OTLP and sends them. Started by the first
// span that is committed; a forked child starts its own. Spans stand in the chunks as they go out, so it copies bytes
// and never looks at a span.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "filo/filo.h"
#include "sdk/chunk_pool.h"
#include "sdk/http_sender.h"

namespace filo::sdk {

// Bytes that grow by doubling up to a limit, and say so when they cannot.
class Buffer {
 public:
  bool append(const char* bytes, std::size_t size) noexcept;
  bool reserve(std::size_t capacity) noexcept;
  void clear() noexcept { size_ = 0; }
  char* data() noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class Exporter {
 public:
  // Null, or what is wrong with the options.
  const char* configure(const Options& options) noexcept;

  // From any thread, at any time.
  void ensure_running() noexcept {
    if (!is_running_.load(std::memory_order_acquire)) run_in_background();
  }
  void wake() noexcept;
  // Sends what is committed now; false when that did not succeed in time.
  bool flush(std::uint64_t timeout_ns) noexcept;

  void become_child() noexcept;
  void add_to(Stats& stats) const noexcept;

 private:
  void run_in_background() noexcept;
  static void* run(void* self) noexcept;
  void loop() noexcept;
  void wait_for_work(std::uint64_t until_monotonic_ns) noexcept;
  // One request full of spans. False when there are none.
  bool collect() noexcept;
  bool collect_from(Chunk& chunk) noexcept;
  void send() noexcept;
  void finish_batch(std::atomic<std::uint64_t>& outcome) noexcept;

  std::uint64_t export_interval_ns_ = 0;
  std::uint64_t send_timeout_ns_ = 0;
  std::uint64_t give_up_after_ns_ = 0;
  HttpSender sender_;
  Buffer resource_;  // the Resource message, as a field of ResourceSpans

  // Of the exporter thread.
  Buffer body_;
  std::size_t batch_begin_ = 0;  // of the request, in body_
  std::uint64_t batch_spans_ = 0;
  std::uint64_t batch_since_ns_ = 0;  // 0: there is no batch
  std::uint64_t next_attempt_ns_ = 0;
  std::uint64_t backoff_ns_ = 0;
  Chunk* collecting_ = nullptr;  // taken from the sealed list and not yet read

  std::atomic<bool> is_running_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> dropped_send_failed_ = 0;
  std::atomic<std::uint64_t> send_failures_ = 0;

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
  // Guarded by mutex_.
  bool is_woken_ = false;
  std::uint64_t flushes_wanted_ = 0;  // number of the latest flush()
  std::uint64_t flushes_done_ = 0;
};

}  // namespace filo::sdk
