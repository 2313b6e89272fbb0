#include "net/io_thread.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace filo::net {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t receive_buffer_bytes = 256U << 10;
constexpr std::chrono::milliseconds tick_interval{50};

}  // namespace

bool ServerState::try_add_connection() {
  const MutexLock lock(mutex_);
  if (connections_ >= config.connections_max) return false;
  ++connections_;
  metrics.connections_open.set(static_cast<std::int64_t>(connections_));
  return true;
}

void ServerState::remove_connection() {
  {
    const MutexLock lock(mutex_);
    --connections_;
    metrics.connections_open.set(static_cast<std::int64_t>(connections_));
  }
  removed_.notify_all();
}

void ServerState::wait_for_no_connections(const Deadline& deadline) {
  // The deadline's clock need not be the system's, so it is looked at again and again.
  constexpr Duration look_interval = std::chrono::milliseconds(20);
  mutex_.lock();
  while (connections_ > 0 && !deadline.expired()) {
    removed_.wait_for(mutex_, std::min(deadline.remaining(), look_interval));
  }
  mutex_.unlock();
}

IoThread::IoThread(ServerState& state) : state_(state), receive_buffer_(receive_buffer_bytes) {}

IoThread::~IoThread() { stop(); }

void IoThread::start(std::string name) {
  wait_tick();
  worker_.emplace(std::move(name), [this](const std::stop_token&) { events_.run(); });
}

void IoThread::adopt(int socket, const SessionContext& context) {
  boost::asio::post(events_, [this, socket, &context] { add(socket, context); });
}

void IoThread::add(int socket, const SessionContext& context) {
  // The protocol only matters to later bind() and connect() calls, which a connection does not make.
  tcp::socket owner(events_);
  boost::system::error_code error;
  owner.assign(tcp::v4(), socket, error);
  if (error || is_shutting_down_) {
    if (error) ::close(socket);
    return state_.remove_connection();
  }
  const int on = 1;
  // Answers are written whole; waiting for more of them would only delay the last packet.
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto connection = std::make_shared<Connection>(*this, std::move(owner), context);
  connections_.emplace(connection.get(), connection);
  connection->start();
}

void IoThread::forget(const Connection* connection) {
  connections_.erase(connection);
  state_.remove_connection();
}

std::vector<std::shared_ptr<Connection>> IoThread::connections() const {
  std::vector<std::shared_ptr<Connection>> copy;
  copy.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) copy.push_back(connection);
  return copy;
}

void IoThread::wait_tick() {
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const Duration now = state_.clock.steady_now();
    for (const auto& connection : connections()) connection->tick(now);
    wait_tick();
  });
}

void IoThread::shut_down() {
  boost::asio::post(events_, [this] {
    is_shutting_down_ = true;
    for (const auto& connection : connections()) connection->shut_down();
  });
}

void IoThread::stop() {
  if (worker_) {
    boost::asio::post(events_, [this] {
      is_shutting_down_ = true;
      for (const auto& connection : connections()) connection->close();
      events_.stop();
    });
    worker_->stop();
    worker_.reset();
  }
}

}  // namespace filo::net
