#include "filo/filo.h"

#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "sdk/exporter.h"
#include "sdk/recorder.h"

namespace filo {
inline namespace v1 {
namespace {

std::atomic<bool> is_started = false;
std::chrono::milliseconds flush_at_exit{0};

std::uint64_t in_ns(std::chrono::milliseconds time) noexcept {
  return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count()) * 1'000'000;
}

void become_child() {
  sdk::recorder().become_child();
  sdk::exporter().become_child();
}

void flush_last() { static_cast<void>(shutdown(flush_at_exit)); }

template <std::size_t size>
void put_hex(char (&to)[size], std::size_t at, std::uint64_t value) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) to[at + i] = digits[value >> (60 - 4 * i) & 15U];
}

}  // namespace

const char* start(const Options& options) noexcept {
  if (options.service.empty()) return "service: is empty";
  if (!(options.sample_ratio >= 0.0 && options.sample_ratio <= 1.0)) return "sample_ratio: is not from 0 to 1";
  if (options.memory_bytes < 1U << 20) return "memory_bytes: is less than 1 MiB";
  if (options.memory_bytes > std::size_t{1} << 40) return "memory_bytes: is more than 1 TiB";
  if (options.export_interval.count() <= 0) return "export_interval: is not positive";
  if (options.send_timeout.count() <= 0) return "send_timeout: is not positive";
  if (is_started.exchange(true)) return "already started";
  const char* problem = sdk::exporter().configure(options);
  if (problem == nullptr && !sdk::recorder().open(options.memory_bytes, options.sample_ratio)) problem = "no memory";
  if (problem != nullptr) {
    is_started.store(false);
    return problem;
  }
  flush_at_exit = options.flush_at_exit;
  static_cast<void>(pthread_atfork(nullptr, nullptr, become_child));
  static_cast<void>(atexit(flush_last));
  return nullptr;
}

bool flush(std::chrono::milliseconds timeout) noexcept { return sdk::exporter().flush(in_ns(timeout)); }

bool shutdown(std::chrono::milliseconds timeout) noexcept {
  sdk::recorder().turn_off();
  return flush(timeout);
}

Stats stats() noexcept {
  Stats stats;
  for (const sdk::ThreadState* state = sdk::recorder().threads().first(); state != nullptr; state = state->next) {
    stats.started += state->started.value();
    stats.ended += state->ended.value();
    stats.dropped_no_memory += state->dropped_no_memory.value();
    stats.dropped_too_large += state->dropped_too_large.value();
    stats.dropped_tags += state->dropped_tags.value();
  }
  sdk::exporter().add_to(stats);
  return stats;
}

Context Context::current() noexcept {
  sdk::ThreadState* state = sdk::recorder().threads().own_if_any();
  return state == nullptr ? Context() : state->contexts.current();
}

Scope::Scope(const Context& context) noexcept {
  sdk::ThreadState* state = sdk::recorder().threads().own();
  if (state == nullptr) return;
  static_cast<void>(state->contexts.current());
  place_ = state->contexts.open(context);
}
Scope::~Scope() { sdk::ContextStack::close_all_from(place_); }

TraceIdText trace_id_text(const Context& context) noexcept {
  TraceIdText text{};
  put_hex(text.digits, 0, context.trace_id_high);
  put_hex(text.digits, 16, context.trace_id_low);
  return text;
}

SpanIdText span_id_text(const Context& context) noexcept {
  SpanIdText text{};
  put_hex(text.digits, 0, context.span_id);
  return text;
}

}  // namespace v1
}  // namespace filo
