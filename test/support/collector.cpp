#include "test/support/collector.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

namespace filo::test {
namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener, 16) != 0) return -1;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

}  // namespace

Collector::Collector()
    : listener_(listen_on_loopback(port_)),
      worker_("collector", [this](const std::stop_token& stop) { serve(stop); }) {}

Collector::~Collector() {
  worker_.stop();
  for (const auto& [socket, text] : connections_) close(socket);
  close(listener_);
}

std::vector<std::string> Collector::take_bodies() {
  const std::lock_guard lock(mutex_);
  return std::move(bodies_);
}

void Collector::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> ready = {{listener_, POLLIN, 0}};
    for (const auto& [socket, text] : connections_) ready.push_back({socket, POLLIN, 0});
    if (poll(ready.data(), ready.size(), 10) <= 0) continue;
    for (std::size_t i = 1; i < ready.size(); ++i) {
      if (ready[i].revents == 0 || read_from(ready[i].fd)) continue;
      close(ready[i].fd);
      connections_.erase(ready[i].fd);
    }
    if (ready[0].revents != 0) connections_[accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)];
  }
}

bool Collector::read_from(int socket) {
  char piece[65'536];
  const ssize_t got = recv(socket, piece, sizeof(piece), 0);
  if (got <= 0) return false;
  std::string& text = connections_[socket];
  text.append(piece, static_cast<std::size_t>(got));
  for (;;) {
    const std::size_t head = text.find("\r\n\r\n");
    const std::size_t at = text.find("Content-Length: ");
    if (head == std::string::npos || at > head) return true;
    std::size_t length = 0;
    std::from_chars(text.data() + at + 16, text.data() + head, length);
    if (text.size() < head + 4 + length) return true;
    ++requests_;
    const int status = status_;
    if (status == 0) return false;
    if (status == 200) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(text.substr(head + 4, length));
    }
    text.erase(0, head + 4 + length);
    const std::string answer = "HTTP/1.1 " + std::to_string(status) + " As told\r\n" +
                               (status == 429 ? "Retry-After: 3600\r\n" : "") + "Content-Length: 0\r\n\r\n";
    if (send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
  }
}

}  // namespace filo::test
