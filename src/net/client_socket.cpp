#include "net/client_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace filo::net {
namespace {

Error failed(const std::string& peer, std::string_view call, int code) {
  return Error{ErrorCode::unavailable, peer + ": " + std::string(call) + ": " + std::generic_category().message(code)};
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

void ClientSocket::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

Result<void> ClientSocket::wait(short events, const Deadline& deadline) const {
  // Looked at again now and then, because the deadline's clock need not be the system's.
  constexpr std::int64_t look_ms = 100;
  while (!deadline.expired()) {
    pollfd entry{socket_, events, 0};
    const std::int64_t left_ms = deadline.remaining().count() / 1'000'000 + 1;
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min(left_ms, look_ms)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(peer_, "poll", errno);
  }
  return Error{ErrorCode::deadline_exceeded, peer_ + ": no answer in time"};
}

Result<void> ClientSocket::connect_to(const addrinfo& address, const Deadline& deadline) {
  close();
  socket_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return failed(peer_, "socket", errno);
  if (::connect(socket_, address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return failed(peer_, "connect", errno);
    if (auto ready = wait(POLLOUT, deadline); !ready) return ready;
    int code = 0;
    socklen_t size = sizeof(code);
    if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
    if (code != 0) return failed(peer_, "connect", code);
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return {};
}

Result<void> ClientSocket::connect(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  peer_ = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0) return Error{ErrorCode::unavailable, peer_ + ": " + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  Result<void> last = Error{ErrorCode::unavailable, peer_ + ": no address"};
  for (const addrinfo* address = list.get(); address != nullptr; address = address->ai_next) {
    last = connect_to(*address, deadline);
    if (last) return last;
    close();
  }
  return last;
}

Result<std::size_t> ClientSocket::receive(std::span<char> buffer, const Deadline& deadline) {
  while (true) {
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return failed(peer_, "recv", errno);
    if (auto ready = wait(POLLIN, deadline); !ready) return ready.error();
  }
}

Result<std::size_t> ClientSocket::send_some(std::string_view bytes, const Deadline& deadline) {
  while (true) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return failed(peer_, "send", errno);
    if (auto ready = wait(POLLOUT | POLLIN, deadline); !ready) return ready.error();
    char byte = 0;
    if (::recv(socket_, &byte, 1, MSG_PEEK) >= 0) return std::size_t{0};
  }
}

Result<void> ClientSocket::send(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    auto sent = send_some(bytes, deadline);
    if (!sent) return sent.error();
    if (*sent == 0) return {};
    bytes.remove_prefix(*sent);
  }
  return {};
}

}  // namespace filo::net
