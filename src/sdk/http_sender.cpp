#include "sdk/http_sender.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "sdk/recorder.h"

namespace filo::sdk {
namespace {

constexpr std::string_view scheme = "http://";
constexpr std::string_view default_path = "/v1/traces";
constexpr std::size_t head_bytes_max = 8192;

bool copy_to(char* to, std::size_t room, std::string_view from) noexcept {
  if (from.size() >= room) return false;
  std::memcpy(to, from.data(), from.size());
  to[from.size()] = '\0';
  return true;
}

bool begins_with(std::string_view text, std::string_view lower_case) noexcept {
  return text.size() >= lower_case.size() && strncasecmp(text.data(), lower_case.data(), lower_case.size()) == 0;
}

// The value of a header; its name in lower case.
std::string_view header(std::string_view head, std::string_view name) noexcept {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    const std::string_view line = head.substr(at + 1, head.find('\r', at) - at - 1);
    if (line.size() <= name.size() || line[name.size()] != ':' || !begins_with(line, name)) continue;
    const std::size_t begin = line.find_first_not_of(' ', name.size() + 1);
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin, line.find('\r') - begin);
  }
  return {};
}

std::uint64_t number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

const char* HttpSender::aim(std::string_view url) noexcept {
  if (url.substr(0, scheme.size()) != scheme) return "endpoint: does not begin with http://";
  url.remove_prefix(scheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  std::string_view path = url.substr(slash);
  if (path.empty() || path == "/") path = default_path;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const std::string_view port = has_port ? authority.substr(colon + 1) : std::string_view("4318");
  if (has_port) authority = authority.substr(0, colon);
  if (bracket != std::string_view::npos && authority.size() > 2) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return "endpoint: names no host";
  if (number(port) == 0 || number(port) > 65535) return "endpoint: the port is not a number from 1 to 65535";
  if (!copy_to(host_, sizeof(host_), authority) || !copy_to(port_, sizeof(port_), port) ||
      !copy_to(path_, sizeof(path_), path)) {
    return "endpoint: too long";
  }
  return nullptr;
}

void HttpSender::close() noexcept {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool HttpSender::wait(short events, std::uint64_t deadline) const noexcept {
  for (;;) {
    const std::uint64_t now = monotonic_ns();
    if (now >= deadline) return false;
    pollfd one{socket_, events, 0};
    const int ready =
        poll(&one, 1, static_cast<int>(std::min<std::uint64_t>((deadline - now) / 1'000'000 + 1, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool HttpSender::connect(std::uint64_t deadline) noexcept {
  if (socket_ >= 0) return true;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host_, port_, &hints, &found) != 0) return false;
  for (const addrinfo* address = found; address != nullptr && socket_ < 0; address = address->ai_next) {
    socket_ = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) continue;
    int error = 0;
    socklen_t size = sizeof(error);
    const bool connected = ::connect(socket_, address->ai_addr, address->ai_addrlen) == 0 ||
                           (errno == EINPROGRESS && wait(POLLOUT, deadline) &&
                            getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
    if (!connected) close();
  }
  freeaddrinfo(found);
  if (socket_ < 0) return false;
  const int on = 1;
  static_cast<void>(setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
  return true;
}

bool HttpSender::write_all(std::string_view bytes, std::uint64_t deadline) noexcept {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno != EINTR && (errno != EAGAIN || !wait(POLLOUT, deadline))) {
      return false;
    }
  }
  return true;
}

Answer HttpSender::read_answer(std::uint64_t deadline) noexcept {
  char buffer[head_bytes_max];
  std::size_t have = 0;
  std::size_t head_end = std::string_view::npos;
  Answer answer;
  std::uint64_t body_left = 0;
  for (;;) {
    const ssize_t got = recv(socket_, buffer + have, sizeof(buffer) - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN && wait(POLLIN, deadline)) continue;
    if (got <= 0) break;
    if (head_end != std::string_view::npos) {
      body_left -= std::min(body_left, static_cast<std::uint64_t>(got));
    } else {
      have += static_cast<std::size_t>(got);
      const std::string_view text(buffer, have);
      head_end = text.find("\r\n\r\n");
      if (head_end == std::string_view::npos) {
        if (have == sizeof(buffer)) break;
        continue;
      }
      const std::string_view head = text.substr(0, head_end + 2);
      if (head.size() < 12 || head.substr(0, 7) != "HTTP/1.") break;
      answer.status = static_cast<int>(number(head.substr(9, 3)));
      answer.retry_after_s =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(number(header(head, "retry-after")), 3600));
      const std::uint64_t length = number(header(head, "content-length"));
      body_left = length - std::min<std::uint64_t>(length, have - head_end - 4);
      // A body whose end is not announced: not worth keeping the connection for.
      const bool is_kept = !header(head, "content-length").empty() && !begins_with(header(head, "connection"), "close");
      if (!is_kept) break;
      have = 0;
    }
    if (body_left == 0) return answer;
  }
  close();
  return answer;
}

Answer HttpSender::post(std::string_view body, std::uint64_t deadline) noexcept {
  const bool was_open = socket_ >= 0;
  char head[1024];
  const int size = snprintf(head, sizeof(head),
                            "POST %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/x-protobuf\r\n"
                            "User-Agent: filo-cpp\r\nContent-Length: %zu\r\n\r\n",
                            path_, host_, port_, body.size());
  const auto attempt = [&]() noexcept {
    Answer answer;
    if (connect(deadline) && write_all({head, static_cast<std::size_t>(size)}, deadline) && write_all(body, deadline)) {
      answer = read_answer(deadline);
    }
    if (answer.status == 0) close();
    return answer;
  };
  const Answer answer = attempt();
  // A connection that was idle may have been closed by the server: that says nothing about the body.
  return answer.status == 0 && was_open ? attempt() : answer;
}

}  // namespace filo::sdk
