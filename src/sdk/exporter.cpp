#include "sdk/exporter.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>

#include "sdk/recorder.h"

namespace filo::sdk {
namespace {

constinit Exporter the_exporter;

constexpr std::size_t batch_bytes_max = 1U << 20;
constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::uint64_t backoff_min_ns = 500 * ns_per_ms;
constexpr std::uint64_t backoff_max_ns = 10'000 * ns_per_ms;
constexpr std::uint8_t resource_spans_tag = 0x0A;  // ExportTraceServiceRequest.resource_spans
constexpr std::uint8_t scope_spans_tag = 0x12;     // ResourceSpans.scope_spans
constexpr std::string_view scope =
    "\x0A\x06\x0A\x04"
    "filo";  // ScopeSpans.scope, an InstrumentationScope with a name
constexpr std::size_t length_bytes_max = 5;

std::uint64_t in_ns(std::chrono::milliseconds time) noexcept {
  return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count()) * ns_per_ms;
}

timespec as_timespec(std::uint64_t ns) noexcept {
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

// Records are elements of a list, one after the other, written by ourselves: each a tag, a length, and so many bytes.
std::uint64_t count_records(const char* at, const char* end) noexcept {
  std::uint64_t count = 0;
  for (; at < end; ++count) {
    std::size_t length = 0;
    unsigned shift = 0;
    for (++at;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at++);
      length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) break;
    }
    at += length;
  }
  return count;
}

void init_monotonic(pthread_cond_t& condition) noexcept {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&condition, &attributes);
  pthread_condattr_destroy(&attributes);
}

}  // namespace

Exporter& exporter() noexcept { return the_exporter; }

bool Buffer::append(const char* bytes, std::size_t size) noexcept {
  if (size > capacity_ - size_ && !reserve(std::max(capacity_ * 2, size_ + size))) return false;
  std::memcpy(data_ + size_, bytes, size);
  size_ += size;
  return true;
}

bool Buffer::reserve(std::size_t capacity) noexcept {
  auto* grown = static_cast<char*>(realloc(data_, capacity));
  if (grown == nullptr) return false;
  data_ = grown;
  capacity_ = capacity;
  return true;
}

const char* Exporter::configure(const Options& options) noexcept {
  if (const char* problem = sender_.aim(options.endpoint)) return problem;
  export_interval_ns_ = in_ns(options.export_interval);
  send_timeout_ns_ = in_ns(options.send_timeout);
  give_up_after_ns_ = in_ns(options.give_up_after);
  init_monotonic(changed_);

  // ResourceSpans.resource, a Resource with the attribute service.name.
  constexpr std::string_view key = "service.name";
  const std::string_view service = cut_text(options.service, 1024);
  const std::size_t any_value = field_size(service.size());
  const std::size_t attribute = field_size(key.size()) + field_size(any_value);
  char bytes[2048];
  char* at = bytes;
  *at++ = 0x0A;
  at = put_varint(at, field_size(attribute));
  *at++ = 0x0A;
  at = put_field(put_varint(at, attribute), 0x0A, key);
  *at++ = 0x12;
  at = put_field(put_varint(at, any_value), 0x0A, service);
  resource_.clear();
  // The whole batch now, so that memory that runs out later never looks like having nothing to send.
  const bool has_memory =
      resource_.append(bytes, static_cast<std::size_t>(at - bytes)) && body_.reserve(batch_bytes_max);
  return has_memory ? nullptr : "no memory";
}

void Exporter::wake() noexcept {
  pthread_mutex_lock(&mutex_);
  is_woken_ = true;
  pthread_cond_broadcast(&changed_);
  pthread_mutex_unlock(&mutex_);
}

bool Exporter::flush(std::uint64_t timeout_ns) noexcept {
  const timespec until = as_timespec(monotonic_ns() + timeout_ns);
  const std::uint64_t drops = dropped_send_failed_.load();
  if (!is_running_.load()) return true;
  pthread_mutex_lock(&mutex_);
  const std::uint64_t number = ++flushes_wanted_;
  pthread_cond_broadcast(&changed_);
  while (flushes_done_ < number) {
    if (pthread_cond_timedwait(&changed_, &mutex_, &until) != 0) break;
  }
  const bool is_done = flushes_done_ >= number;
  pthread_mutex_unlock(&mutex_);
  return is_done && dropped_send_failed_.load() == drops;
}

void Exporter::run_in_background() noexcept {
  if (is_running_.exchange(true)) return;
  // Signals are for the host's threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  if (pthread_create(&thread, &attributes, run, this) == 0) {
    pthread_setname_np(thread, "filo-export");
  } else {
    is_running_.store(false);
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void* Exporter::run(void* self) noexcept {
  static_cast<Exporter*>(self)->loop();
  return nullptr;
}

void Exporter::wait_for_work(std::uint64_t until_monotonic_ns) noexcept {
  const timespec until = as_timespec(until_monotonic_ns);
  pthread_mutex_lock(&mutex_);
  const std::uint64_t flushes = flushes_wanted_;
  while (!is_woken_ && flushes_wanted_ == flushes_done_) {
    if (pthread_cond_timedwait(&changed_, &mutex_, &until) != 0) break;
    if (flushes_wanted_ != flushes) break;
  }
  is_woken_ = false;
  pthread_mutex_unlock(&mutex_);
}

void Exporter::loop() noexcept {
  std::uint64_t flush_seen = 0;
  for (;;) {
    const bool is_backing_off = batch_since_ns_ != 0;
    wait_for_work(is_backing_off ? next_attempt_ns_ : monotonic_ns() + export_interval_ns_);
    recorder().read_clocks();
    pthread_mutex_lock(&mutex_);
    const std::uint64_t flush = flushes_wanted_;
    pthread_mutex_unlock(&mutex_);
    // Somebody waits: try at once, but once for each that asks.
    if (flush != flush_seen) next_attempt_ns_ = 0;
    flush_seen = flush;
    while (batch_since_ns_ != 0 || collect()) {
      if (monotonic_ns() < next_attempt_ns_) break;
      send();
    }
    if (batch_since_ns_ != 0) continue;
    pthread_mutex_lock(&mutex_);
    flushes_done_ = flush;
    pthread_cond_broadcast(&changed_);
    pthread_mutex_unlock(&mutex_);
  }
}

bool Exporter::collect() noexcept {
  // The spans come first into the buffer; what stands before them is put there when their size is known.
  const std::size_t front = 2 * (1 + length_bytes_max) + resource_.size() + scope.size();
  body_.clear();
  batch_spans_ = 0;
  char zeroes[64] = {};
  for (std::size_t done = 0; done < front; done += sizeof(zeroes)) {
    if (!body_.append(zeroes, std::min(sizeof(zeroes), front - done))) return false;
  }
  const auto has_room = [this] { return body_.size() + sizeof(Chunk) <= batch_bytes_max; };
  if (collecting_ == nullptr) collecting_ = recorder().sealed().take_all();
  while (collecting_ != nullptr && has_room()) {
    Chunk* chunk = collecting_;
    if (!collect_from(*chunk)) break;
    collecting_ = chunk->next_sealed;
    recorder().pool().give_back(chunk);
  }
  for (ThreadState* state = recorder().threads().first(); state != nullptr && has_room(); state = state->next) {
    Chunk* chunk = state->chunk.load(std::memory_order_acquire);
    if (chunk != nullptr && !collect_from(*chunk)) break;
  }
  if (batch_spans_ == 0) return false;

  const std::size_t spans = body_.size() - front;
  const std::size_t scope_spans = scope.size() + spans;
  const std::size_t resource_spans = resource_.size() + field_size(scope_spans);
  batch_begin_ = front - (field_size(resource_spans) - spans);
  char* at = body_.data() + batch_begin_;
  *at++ = static_cast<char>(resource_spans_tag);
  at = put_bytes(put_varint(at, resource_spans), {resource_.data(), resource_.size()});
  *at++ = static_cast<char>(scope_spans_tag);
  put_bytes(put_varint(at, scope_spans), scope);
  batch_since_ns_ = monotonic_ns();
  backoff_ns_ = backoff_min_ns;
  return true;
}

bool Exporter::collect_from(Chunk& chunk) noexcept {
  const std::uint32_t committed = chunk.committed.load(std::memory_order_acquire);
  const char* begin = chunk.bytes + chunk.consumed;
  if (!body_.append(begin, committed - chunk.consumed)) return false;
  batch_spans_ += count_records(begin, chunk.bytes + committed);
  chunk.consumed = committed;
  return true;
}

void Exporter::send() noexcept {
  const std::uint64_t begin = monotonic_ns();
  const std::string_view body(body_.data() + batch_begin_, body_.size() - batch_begin_);
  const Answer answer = sender_.post(body, begin + send_timeout_ns_);
  if (answer.is_success()) return finish_batch(sent_);
  send_failures_.fetch_add(1);
  const std::uint64_t now = monotonic_ns();
  if (!answer.is_transient() || now - batch_since_ns_ >= give_up_after_ns_) return finish_batch(dropped_send_failed_);
  const std::uint64_t wait = std::max(backoff_ns_, std::uint64_t{answer.retry_after_s} * 1'000 * ns_per_ms);
  // A collector that asks for an hour does not keep spans longer than they may wait.
  next_attempt_ns_ = std::min(now + wait, batch_since_ns_ + give_up_after_ns_);
  backoff_ns_ = std::min(backoff_ns_ * 2, backoff_max_ns);
}

void Exporter::finish_batch(std::atomic<std::uint64_t>& outcome) noexcept {
  outcome.fetch_add(batch_spans_);
  batch_since_ns_ = 0;
  next_attempt_ns_ = 0;
}

void Exporter::become_child() noexcept {
  pthread_mutex_init(&mutex_, nullptr);
  init_monotonic(changed_);
  is_woken_ = false;
  flushes_wanted_ = flushes_done_ = 0;
  batch_since_ns_ = 0;
  next_attempt_ns_ = 0;
  while (collecting_ != nullptr) {
    Chunk* chunk = collecting_;
    collecting_ = chunk->next_sealed;
    recorder().pool().give_back(chunk);
  }
  // The connection is the parent's: closing our end of it says nothing to the server.
  sender_.close();
  sent_ = 0;
  dropped_send_failed_ = 0;
  send_failures_ = 0;
  is_running_.store(false);
}

void Exporter::add_to(Stats& stats) const noexcept {
  stats.sent = sent_.load();
  stats.dropped_send_failed = dropped_send_failed_.load();
  stats.send_failures = send_failures_.load();
}

}  // namespace filo::sdk
