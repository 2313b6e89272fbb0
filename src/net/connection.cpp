#include <sys/socket.h>
#include <sys/uio.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "net/io_thread.h"

namespace filo::net {
namespace {

using boost::asio::ip::tcp;

// Then another connection of the thread has its turn.
constexpr int reads_max = 4;
constexpr std::size_t sent_bytes_max = 4U << 20;
// How long a client that is still sending may take to notice that it was answered and the connection closed: closing
// at once would make its system drop the answer (RFC 9112 section 9.6).
constexpr Duration linger_time = std::chrono::seconds(2);

}  // namespace

Connection::Connection(IoThread& thread, tcp::socket socket, const SessionContext& context)
    : thread_(thread), socket_(std::move(socket)), context_(context) {}

void Connection::start() {
  mailbox_ = std::make_shared<Mailbox>([weak = weak_from_this(), &events = thread_.events()] {
    boost::asio::post(events, [weak] {
      const auto self = weak.lock();
      if (!self || self->is_closed_) return;
      settle(*self->session_, *self->mailbox_);
      self->flush();
    });
  });
  session_ = make_session(context_, mailbox_);
  wait_readable();
}

bool Connection::may_read() {
  if (!session_->wants_input()) return false;
  if (context_.budget.may_read(this)) return true;
  return false;
}

void Connection::wait_readable() {
  if (is_reading_) return;
  is_reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    self->is_reading_ = false;
    if (self->is_closed_) return;
    if (error) return self->close();
    if (self->is_lingering_) return self->discard_input();
    self->read();
  });
}

void Connection::wait_writable() {
  if (is_writing_) return;
  is_writing_ = true;
  stalled_since_ = context_.clock.steady_now();
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
    self->is_writing_ = false;
    if (self->is_closed_) return;
    if (error) return self->close();
    self->flush();
  });
}

void Connection::read() {
  const std::span<char> buffer = thread_.receive_buffer();
  for (int i = 0; i < reads_max && may_read(); ++i) {
    const ssize_t size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return close();
    if (size < 0) break;
    mailbox_->hold();
    if (size == 0) {
      input_ended_ = true;
      session_->end_of_input();
    } else {
      context_.metrics.received_bytes.add(static_cast<std::uint64_t>(size));
      session_->receive({buffer.data(), static_cast<std::size_t>(size)});
    }
    settle(*session_, *mailbox_);
    if (static_cast<std::size_t>(size) < buffer.size()) break;
  }
  if (session_->body_bytes_held() == 0) context_.budget.leave(this);
  flush();
}

void Connection::flush() {
  std::size_t sent_bytes = 0;
  while (session_->output().bytes() > 0 && !is_writing_) {
    iovec vectors[64];
    msghdr message{};
    message.msg_iov = vectors;
    message.msg_iovlen = session_->output().gather(vectors);
    const ssize_t size = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return close();
    if (size < 0) {
      wait_writable();
      break;
    }
    session_->output().consume(static_cast<std::size_t>(size));
    context_.metrics.sent_bytes.add(static_cast<std::uint64_t>(size));
    mailbox_->hold();
    session_->progress(0);
    settle(*session_, *mailbox_);
    sent_bytes += static_cast<std::size_t>(size);
    if (sent_bytes > sent_bytes_max) wait_writable();
  }
  if (session_->is_finished() && session_->output().bytes() == 0) return begin_linger();
  if (!input_ended_ && may_read()) wait_readable();
}

void Connection::begin_linger() {
  if (input_ended_ || !session_->is_refused()) return close();
  boost::system::error_code ignored;  // the peer may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  is_lingering_ = true;
  stalled_since_ = context_.clock.steady_now();
  discard_input();
}

void Connection::discard_input() {
  const std::span<char> buffer = thread_.receive_buffer();
  for (int i = 0; i < reads_max; ++i) {
    const ssize_t size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return close();
    if (size < 0) break;
  }
  wait_readable();
}

void Connection::tick(Duration now) {
  if (is_closed_) return;
  if (is_lingering_) {
    if (now - stalled_since_ > linger_time) close();
    return;
  }
  if (is_writing_ && now - stalled_since_ > context_.config.request_timeout) {
    context_.metrics.requests_timed_out.add();
    return close();
  }
  mailbox_->hold();
  session_->tick(now);
  settle(*session_, *mailbox_);
  flush();
}

void Connection::shut_down() {
  if (is_closed_ || is_lingering_) return;
  mailbox_->hold();
  session_->shut_down();
  settle(*session_, *mailbox_);
  flush();
}

void Connection::close() {
  if (std::exchange(is_closed_, true)) return;
  mailbox_->close();
  session_.reset();
  context_.budget.leave(this);
  boost::system::error_code ignored;  // the descriptor is given back in any case
  socket_.close(ignored);
  thread_.forget(this);
}

}  // namespace filo::net
