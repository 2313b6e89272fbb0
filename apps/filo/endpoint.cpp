#include "endpoint.h"

namespace filo::app {

std::string endpoint_of(const std::string& address, std::uint16_t port) {
  const bool is_every = address == "0.0.0.0" || address == "::";
  std::string host = is_every ? "127.0.0.1" : address;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";  // IPv6
  return host + ":" + std::to_string(port);
}

}  // namespace filo::app
