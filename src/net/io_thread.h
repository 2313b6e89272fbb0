// IoThread: one event loop, its thread and its connections. Connection: a socket and its session. The only header that
// shows Boost; private to src/net. All but the functions marked otherwise run on the I/O thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <optional>
#include <unordered_map>

#include "concurrency/worker.h"
#include "net/session.h"

namespace filo::net {

// What all I/O threads of a server share. Outlives them.
struct ServerState {
  ServerState(const ServerConfig& server_config, const Clock& server_clock)
      : config(server_config), clock(server_clock), budget(server_config.body_bytes_in_flight_max) {}

  const ServerConfig config;
  const Clock& clock;
  ServerMetrics metrics;
  BodyBudget budget;

  // Connections of all threads; any thread.
  bool try_add_connection();
  void remove_connection();
  void wait_for_no_connections(const Deadline& deadline);

 private:
  Mutex mutex_;
  std::condition_variable_any removed_;
  std::size_t connections_ GUARDED_BY(mutex_) = 0;
};

class IoThread;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread& thread, boost::asio::ip::tcp::socket socket, const SessionContext& context);

  void start();
  void tick(Duration now);
  void shut_down();
  void close();

 private:
  void wait_readable();
  void wait_writable();
  void read();
  void discard_input();
  void flush();
  void begin_linger();
  bool may_read();

  IoThread& thread_;
  boost::asio::ip::tcp::socket socket_;
  const SessionContext& context_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<Session> session_;
  Duration stalled_since_{};  // the peer does not read; or lingers
  bool is_reading_ = false;   // a wait is under way
  bool is_writing_ = false;
  bool is_lingering_ = false;
  bool is_closed_ = false;
  bool input_ended_ = false;
};

class IoThread {
 public:
  explicit IoThread(ServerState& state);
  ~IoThread();

  // Any thread.
  void start(std::string name);
  void adopt(int socket, const SessionContext& context);
  void shut_down();
  void stop();  // cuts every connection and joins; not from the thread itself

  boost::asio::io_context& events() { return events_; }
  ServerState& state() { return state_; }
  std::span<char> receive_buffer() { return receive_buffer_; }
  void forget(const Connection* connection);

 private:
  void add(int socket, const SessionContext& context);
  void wait_tick();
  std::vector<std::shared_ptr<Connection>> connections() const;

  ServerState& state_;
  boost::asio::io_context events_{1};
  boost::asio::steady_timer timer_{events_};
  std::vector<char> receive_buffer_;
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
  bool is_shutting_down_ = false;
  std::optional<Worker> worker_;  // last: its thread uses all of the above
};

}  // namespace filo::net
