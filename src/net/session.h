// Session: what a connection says, without the socket. Fed with the bytes that arrived, it queues the bytes to send;
// tests and fuzzers drive it from memory. One connection, one thread: that of its I/O thread. Private to src/net.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

#include "net/routes.h"
#include "net/send_queue.h"
#include "net/server.h"

namespace filo::net {

// Request bytes that all connections of a server hold before a handler takes them. Past the limit reading pauses, but
// for one favoured connection: so somebody always gets a request done and frees memory. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(std::size_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void release(std::size_t bytes) { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  bool may_read(const void* connection) {
    if (bytes() < bytes_max_) return true;
    const void* favoured = nullptr;
    return favoured_.compare_exchange_strong(favoured, connection) || favoured == connection;
  }
  // The connection holds nothing any more.
  void leave(const void* connection) {
    const void* favoured = connection;
    favoured_.compare_exchange_strong(favoured, nullptr);
  }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<const void*> favoured_{nullptr};
};

// A part of the budget, given back when it is dropped.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(&budget) {}
  ~BodyShare() { clear(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  void add(std::size_t bytes) {
    bytes_ += bytes;
    budget_->add(bytes);
  }
  std::size_t bytes() const { return bytes_; }
  void clear() {
    budget_->release(bytes_);
    bytes_ = 0;
  }

 private:
  BodyBudget* budget_;
  std::size_t bytes_ = 0;
};

// What sessions of one port share; outlives them.
struct SessionContext {
  const ServerConfig& config;
  const Clock& clock;
  RouteTable& routes;
  ServerMetrics& metrics;
  BodyBudget& budget;

  std::size_t request_bytes_max() const {
    return routes.request_bytes_max != 0 ? routes.request_bytes_max : config.request_bytes_max;
  }
};

class Session {
 public:
  virtual ~Session() = default;

  virtual void receive(std::string_view untrusted) = 0;
  virtual void end_of_input() = 0;
  // False while enough is queued: neither more input nor more output is held for this connection.
  virtual bool wants_input() const = 0;
  // An exchange has something to send, or (0) the queue has become shorter.
  virtual void progress(std::uint64_t exchange_id) = 0;
  // Ends what took too long. Called several times a second.
  virtual void tick(Duration now) = 0;
  // No further requests; those in flight may finish.
  virtual void shut_down() = 0;
  // Nothing further is read or queued: flush, then close.
  virtual bool is_finished() const = 0;
  // Finished in the middle of a request, so the client may not have noticed yet.
  virtual bool is_refused() const = 0;
  // Request bytes counted in the BodyBudget.
  virtual std::size_t body_bytes_held() const = 0;
  virtual SendQueue& output() = 0;
};

// Lets the session see to all exchanges that have news; to be called after receive() between hold() and the next wait.
void settle(Session& session, Mailbox& mailbox);

// Finds out which protocol the client speaks, and changes it when the client asks for h2c.
std::unique_ptr<Session> make_session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox);

}  // namespace filo::net
