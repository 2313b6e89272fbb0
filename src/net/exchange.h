// Exchange: one request's answer on its way from a handler, on any thread, to the session that sends it, on the I/O
// thread of its connection. Shared by the two, because either may go first. Bounded: a writer waits while
// `buffer_bytes_max` are unsent. Private to src/net.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/unique_function.h"
#include "concurrency/thread_annotations.h"
#include "net/http.h"

namespace filo::net {

// Bytes to send and what keeps them alive; no owner: they outlive the server.
struct Chunk {
  std::shared_ptr<const std::string> owner;
  std::string_view bytes;
};

// How other threads tell a connection's I/O thread that an exchange has something to send. Holds at most one id for
// each exchange.
class Mailbox {
 public:
  // `schedule` makes the I/O thread empty the mailbox soon; called on any thread, never after close().
  explicit Mailbox(UniqueFunction<void()> schedule) : schedule_(std::move(schedule)) {}

  void post(std::uint64_t exchange_id);
  // The rest on the I/O thread. hold(): take() follows anyway, so nothing needs scheduling.
  void hold();
  std::vector<std::uint64_t> take();
  void close();
  bool on_io_thread() const { return std::this_thread::get_id() == io_thread_; }

 private:
  const std::thread::id io_thread_ = std::this_thread::get_id();
  Mutex mutex_;
  UniqueFunction<void()> schedule_ GUARDED_BY(mutex_);
  std::vector<std::uint64_t> ids_ GUARDED_BY(mutex_);
  bool scheduled_ GUARDED_BY(mutex_) = false;
};

struct AnswerHead {
  int status = 200;
  Headers headers;
  std::optional<std::size_t> content_length;  // none: streamed
};

class Exchange {
 public:
  Exchange(std::shared_ptr<Mailbox> mailbox, std::uint64_t id, std::size_t buffer_bytes_max)
      : mailbox_(std::move(mailbox)), id_(id), buffer_bytes_max_(buffer_bytes_max) {}

  // The handler's side.
  void respond(Response response);
  void start(int status, Headers headers);
  [[nodiscard]] bool write(std::string bytes);
  void finish(Headers trailers);
  void respond_without_body(int status, Headers headers, Headers trailers);
  void abandon();

  // The session's side.
  enum class End { open, finished, abandoned };
  struct Progress {
    std::optional<AnswerHead> head;
    std::deque<Chunk> chunks;
    End end = End::open;  // what follows `chunks`
    Headers trailers;
  };
  // What there is to send, about `bytes_max` at most.
  Progress take(std::size_t bytes_max);
  // Nobody takes any more: the client is gone or the server stops.
  void close();

 private:
  void announce() REQUIRES(mutex_);

  const std::shared_ptr<Mailbox> mailbox_;
  const std::uint64_t id_;
  const std::size_t buffer_bytes_max_;
  Mutex mutex_;
  std::condition_variable_any taken_;
  std::optional<AnswerHead> head_ GUARDED_BY(mutex_);
  std::deque<Chunk> chunks_ GUARDED_BY(mutex_);
  std::size_t buffered_bytes_ GUARDED_BY(mutex_) = 0;
  Headers trailers_ GUARDED_BY(mutex_);
  End end_ GUARDED_BY(mutex_) = End::open;
  bool closed_ GUARDED_BY(mutex_) = false;
  bool announced_ GUARDED_BY(mutex_) = false;
};

std::unique_ptr<Responder> make_responder(std::shared_ptr<Exchange> exchange);

}  // namespace filo::net
