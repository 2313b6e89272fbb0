// ClientSocket: a blocking TCP connection whose every wait has a deadline. One thread at a time. Private to src/net.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

struct addrinfo;

namespace filo::net {

class ClientSocket {
 public:
  ClientSocket() = default;
  ~ClientSocket() { close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  Result<void> connect(const std::string& host, std::uint16_t port, const Deadline& deadline);
  bool is_connected() const { return socket_ >= 0; }
  void close();

  // Some bytes; 0 when the peer closed.
  Result<std::size_t> receive(std::span<char> buffer, const Deadline& deadline);
  // All of them. When the peer has said something in the meantime that ends the matter, the caller will receive() it.
  Result<void> send(std::string_view bytes, const Deadline& deadline);
  // As much as goes out now; waits only until something can be sent or received.
  Result<std::size_t> send_some(std::string_view bytes, const Deadline& deadline);

 private:
  Result<void> wait(short events, const Deadline& deadline) const;
  Result<void> connect_to(const addrinfo& address, const Deadline& deadline);

  int socket_ = -1;
  std::string peer_;  // for messages
};

}  // namespace filo::net
