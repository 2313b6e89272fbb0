// How a listener is named to people and to clients on its own machine. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace filo::app {

// "127.0.0.1:4317"; one that listens on every address is reached by loopback.
std::string endpoint_of(const std::string& address, std::uint16_t port);

}  // namespace filo::app
