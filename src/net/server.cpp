#include "net/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "base/check.h"
#include "net/io_thread.h"
#include "telemetry/log.h"

namespace filo::net {
namespace {

using boost::asio::ip::tcp;

struct Listener {
  Listener(boost::asio::io_context& events, ServerState& state, std::shared_ptr<RouteTable> table, std::string label)
      : acceptor(events),
        retry(events),
        routes(std::move(table)),
        context{state.config, state.clock, *routes, state.metrics, state.budget},
        name(std::move(label)) {}

  tcp::acceptor acceptor;
  boost::asio::steady_timer retry;
  const std::shared_ptr<RouteTable> routes;
  const SessionContext context;
  const std::string name;
};

std::string in_lower_case_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

class AsioServer final : public Server {
 public:
  AsioServer(const ServerConfig& config, const Clock& clock) : state_(config, clock) {
    for (unsigned i = 0; i < config.io_threads; ++i) threads_.push_back(std::make_unique<IoThread>(state_));
  }
  ~AsioServer() override { stop(Deadline::after(state_.clock, Duration::zero())); }

  Result<std::uint16_t> listen(std::string name, const std::string& address, std::uint16_t port,
                               Routes routes) override {
    CHECK(!started_);
    const std::string where = "port " + std::to_string(port) + " (" + name + ") on " + address + ": ";
    boost::system::error_code error;
    const auto ip = boost::asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error) return Error{ErrorCode::invalid_argument, where + "not an IP address"};
    auto listener =
        std::make_unique<Listener>(threads_[0]->events(), state_, take_table(std::move(routes)), std::move(name));
    tcp::acceptor& acceptor = listener->acceptor;
    const tcp::endpoint endpoint(ip, port);
    acceptor.open(endpoint.protocol(), error);
    // Lets a restarted server take over a port whose old connections linger in the system.
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) acceptor.native_non_blocking(true, error);
    std::uint16_t bound = 0;
    if (!error) bound = acceptor.local_endpoint(error).port();
    if (error) return Error{ErrorCode::io_failed, where + in_lower_case_first(error.message())};
    listeners_.push_back(std::move(listener));
    return bound;
  }

  void start() override {
    CHECK(!std::exchange(started_, true));
    for (auto& listener : listeners_) wait_accept(*listener);
    for (std::size_t i = 0; i < threads_.size(); ++i) threads_[i]->start("net-" + std::to_string(i));
  }

  void stop(Deadline deadline) override;
  const ServerMetrics& metrics() const override { return state_.metrics; }

 private:
  void wait_accept(Listener& listener);
  void wait_retry(Listener& listener);
  void accept(Listener& listener);

  ServerState state_;
  bool started_ = false;
  bool stopped_ = false;
  std::size_t next_thread_ = 0;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<std::unique_ptr<Listener>> listeners_;  // on the first thread's loop
};

void AsioServer::wait_accept(Listener& listener) {
  listener.acceptor.async_wait(tcp::acceptor::wait_read, [this, &listener](const boost::system::error_code& error) {
    if (!error) accept(listener);
  });
}

void AsioServer::wait_retry(Listener& listener) {
  listener.retry.expires_after(std::chrono::milliseconds(100));
  listener.retry.async_wait([this, &listener](const boost::system::error_code& error) {
    if (!error) accept(listener);
  });
}

void AsioServer::accept(Listener& listener) {
  constexpr int accepts_max = 64;  // then the connections of this thread have their turn
  for (int i = 0; i < accepts_max; ++i) {
    const int socket = ::accept4(listener.acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      const int failure = errno;
      if (failure == EINTR || failure == ECONNABORTED) continue;
      if (failure != EAGAIN) {
        // Out of descriptors, most likely: the socket stays readable, so ask again when some may have been closed.
        static log::Every every(std::chrono::seconds(10));
        if (every.due(state_.clock)) {
          log::warning("accept_failed",
                       {{"port", listener.name}, {"reason", std::generic_category().message(failure)}});
        }
        return wait_retry(listener);
      }
      break;
    }
    state_.metrics.connections_accepted.add();
    if (!state_.try_add_connection()) {
      state_.metrics.connections_refused.add();
      ::close(socket);
      continue;
    }
    threads_[next_thread_++ % threads_.size()]->adopt(socket, listener.context);
  }
  wait_accept(listener);
}

void AsioServer::stop(Deadline deadline) {
  if (std::exchange(stopped_, true)) return;
  if (started_) {
    boost::asio::post(threads_[0]->events(), [this] {
      boost::system::error_code ignored;  // the listening socket is given back in any case
      for (auto& listener : listeners_) {
        listener->retry.cancel();
        listener->acceptor.close(ignored);
      }
    });
    for (auto& thread : threads_) thread->shut_down();
    state_.wait_for_no_connections(deadline);
    for (auto& thread : threads_) thread->stop();
  }
  listeners_.clear();
  threads_.clear();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(const ServerConfig& config, const Clock& clock) {
  if (config.io_threads == 0) return Error{ErrorCode::invalid_argument, "io_threads: at least 1 is needed"};
  try {
    return std::unique_ptr<Server>(std::make_unique<AsioServer>(config, clock));
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::io_failed, std::string("event loop: ") + error.what()};
  }
}

void describe(const ServerMetrics& metrics, telemetry::MetricWriter& writer) {
  writer.counter("filo_net_connections_accepted_total", "Connections taken from the listening sockets.",
                 metrics.connections_accepted.value());
  writer.counter("filo_net_connections_refused_total", "Connections closed at once because too many were open.",
                 metrics.connections_refused.value());
  writer.gauge("filo_net_connections_open", "Connections open now.",
               static_cast<double>(metrics.connections_open.value()));
  constexpr std::string_view requests_help = "Requests whose header arrived, by protocol.";
  writer.counter("filo_net_requests_total", requests_help, metrics.requests_http1.value(), {{"protocol", "http1"}});
  writer.counter("filo_net_requests_total", requests_help, metrics.requests_http2.value(), {{"protocol", "http2"}});
  writer.counter("filo_net_requests_total", requests_help, metrics.requests_grpc.value(), {{"protocol", "grpc"}});
  constexpr std::string_view refused_help = "Requests refused before a handler saw them, by reason.";
  writer.counter("filo_net_requests_refused_total", refused_help, metrics.requests_malformed.value(),
                 {{"reason", "malformed"}});
  writer.counter("filo_net_requests_refused_total", refused_help, metrics.requests_too_large.value(),
                 {{"reason", "too_large"}});
  writer.counter("filo_net_requests_refused_total", refused_help, metrics.requests_timed_out.value(),
                 {{"reason", "timed_out"}});
  writer.counter("filo_net_received_bytes_total", "Bytes received from clients.", metrics.received_bytes.value());
  writer.counter("filo_net_sent_bytes_total", "Bytes sent to clients.", metrics.sent_bytes.value());
}

}  // namespace filo::net
