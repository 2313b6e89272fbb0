// Starting and stopping Filo's client library in a process.
//
//   filo::Options options;
//   options.service = "orders";
//   if (const char* problem = filo::start(options)) log(problem);   // spans cost nothing then, and go nowhere
//
// Ended spans wait in a fixed amount of memory until one background thread has sent them by OTLP over HTTP. When the
// collector is away for long, new spans are dropped and counted; the process never waits for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "filo/span.h"

namespace filo {
inline namespace v1 {

struct Options {
  std::string_view service = "unknown_service";         // resource attribute service.name
  std::string_view endpoint = "http://127.0.0.1:4318";  // of an OTLP/HTTP receiver; http only
  double sample_ratio = 1.0;                            // of new traces, 0 to 1; others follow their parent
  std::size_t memory_bytes = 32U << 20;                 // for spans that wait to be sent; at least 1 MiB
  std::chrono::milliseconds export_interval{1000};      // the longest that a span waits before it is sent
  std::chrono::milliseconds send_timeout{5000};         // for one answer of the collector
  std::chrono::milliseconds give_up_after{60000};       // spans that could not be sent for so long are dropped
  std::chrono::milliseconds flush_at_exit{300};         // how long exit() may wait for the last spans
};

// Null when it runs; else what is wrong, in words that stay valid. Once in a process; after fork() the child goes on by
// itself. Starts no thread before the first span has ended.
const char* start(const Options& options) noexcept;

// Sends what has ended before the call. False when that was not done in time.
bool flush(std::chrono::milliseconds timeout) noexcept;
// As flush(), and from then on spans are not recorded.
bool shutdown(std::chrono::milliseconds timeout) noexcept;

// Since start(), or since fork() in the child. started = ended + open; ended = sent + waiting + all that was dropped.
struct Stats {
  std::uint64_t started = 0;  // recorded spans; those not sampled are not counted
  std::uint64_t ended = 0;
  std::uint64_t sent = 0;                 // and taken by the collector
  std::uint64_t dropped_no_memory = 0;    // memory_bytes were full of spans not yet sent, or the system had none
  std::uint64_t dropped_too_large = 0;    // over 32 KiB
  std::uint64_t dropped_send_failed = 0;  // refused by the collector, or not sent within give_up_after
  std::uint64_t dropped_tags = 0;         // over 128 of a span
  std::uint64_t send_failures = 0;        // attempts, repeated ones too
};
Stats stats() noexcept;

}  // namespace v1
}  // namespace filo
