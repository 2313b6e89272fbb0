// Span: one operation of a request: a name, a time, what it was about, how it ended.
//
//   void handle(const Request& request) {
//     filo::Span span("GET /orders/{id}", filo::Kind::server);
//     span.tag("http.request.method", "GET").tag("order.items", 3);
//     ...                                          // spans made here are its children
//   }                                              // it ends here
//
// A span belongs to one thread at a time; only its context() goes elsewhere. Nothing here blocks, throws or, once a
// thread has recorded a few spans, allocates. A span that is not recorded (not sampled, no memory left, Filo not
// started) costs a few nanoseconds and every call on it does nothing. Times are those of the calls.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "filo/context.h"

namespace filo {
inline namespace v1 {

enum class Kind : std::uint8_t { unspecified = 0, internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct SpanMemory;  // where a recorded span is put together; the library's own

class [[nodiscard]] Span {
 public:
  // A child of the thread's current context, or the root of a new trace when there is none. Becomes the current one, if
  // not over 64 others are open in this thread.
  explicit Span(std::string_view name, Kind kind = Kind::internal) noexcept;
  // A child of `parent`, which may come from another thread or process.
  Span(std::string_view name, Kind kind, const Context& parent) noexcept;
  ~Span() { end(); }
  Span(Span&& other) noexcept;
  Span& operator=(Span&&) = delete;

  // An attribute; OpenTelemetry's semantic conventions have names for most. Give a key once: both values would be kept.
  // Text is cut after 4 KiB, keys after 256 bytes; attributes beyond 128 are dropped and counted.
  Span& tag(std::string_view key, std::string_view value) noexcept {
    if (memory_ != nullptr) tag_text(key, value);
    return *this;
  }
  Span& tag(std::string_view key, const char* value) noexcept { return tag(key, std::string_view(value)); }
  template <typename T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Span& tag(std::string_view key, T value) noexcept {
    if (memory_ == nullptr) return *this;
    if constexpr (std::is_same_v<T, bool>) {
      tag_bool(key, value);
    } else if constexpr (std::is_floating_point_v<T>) {
      tag_double(key, static_cast<double>(value));
    } else {
      tag_int(key, static_cast<std::int64_t>(value));
    }
    return *this;
  }
  // Something that happened now.
  Span& event(std::string_view name) noexcept;
  // Another span that has to do with this one without being its parent.
  Span& link(const Context& to) noexcept;
  // It failed. `message` says why, for people.
  Span& error(std::string_view message = {}) noexcept;
  // Another name than the first; the last one counts.
  Span& rename(std::string_view name) noexcept;

  const Context& context() const noexcept { return context_; }
  bool is_recorded() const noexcept { return memory_ != nullptr; }
  // Hands the span over for export; what was open around it is current again. In any order and any thread. Later calls
  // do nothing.
  void end() noexcept;

 private:
  void start(std::string_view name, Kind kind, const Context* parent) noexcept;
  void tag_text(std::string_view key, std::string_view value) noexcept;
  void tag_bool(std::string_view key, bool value) noexcept;
  void tag_int(std::string_view key, std::int64_t value) noexcept;
  void tag_double(std::string_view key, double value) noexcept;

  SpanMemory* memory_ = nullptr;
  Context context_;
  detail::OpenPlace place_;
};

}  // namespace v1
}  // namespace filo
