// Context: where a request is, as a plain value: its trace, its span, and whether that is recorded. What is handed to
// other threads, queues and processes instead of a span.
//
// Every thread has a current context; new spans become its children. All functions are noexcept and allocate nothing.
// Ids and flags are those of W3C Trace Context.
#pragma once

#include <cstddef>
#include <cstdint>

namespace filo {
inline namespace v1 {

struct Context {
  std::uint64_t trace_id_high = 0;
  std::uint64_t trace_id_low = 0;
  std::uint64_t span_id = 0;
  std::uint64_t trace_flags = 0;  // 8 bits are used, bit 0: recorded; a whole word, because contexts are copied a lot

  bool is_valid() const noexcept { return (trace_id_high | trace_id_low) != 0 && span_id != 0; }
  bool is_sampled() const noexcept { return (trace_flags & 1) != 0; }
  // Of the calling thread; invalid when there is none.
  static Context current() noexcept;
};

// "4bf92f3577b34da6a3ce929d0e0e4736" and "00f067aa0ba902b7" with a zero byte behind; for log lines.
struct TraceIdText {
  char digits[33];
};
struct SpanIdText {
  char digits[17];
};
TraceIdText trace_id_text(const Context& context) noexcept;
SpanIdText span_id_text(const Context& context) noexcept;

// Makes a context the thread's current one, and puts back what was there when it goes: in a task that was queued by a
// request, say. Stays in the thread that made it; nests. Does nothing before start().
namespace detail {
// Where something stands among what is open in a thread; the library's own.
struct OpenPlace {
  void* stack = nullptr;
  std::uint64_t serial = 0;
  std::uint32_t level = 0;
};
}  // namespace detail

class [[nodiscard]] Scope {
 public:
  explicit Scope(const Context& context) noexcept;
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  detail::OpenPlace place_;
};

}  // namespace v1
}  // namespace filo
