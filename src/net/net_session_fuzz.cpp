// Bytes of a connection into a session, in pieces whose sizes the first byte chooses; HTTP/1 and HTTP/2 alike.
#include <cstdint>

#include "base/check.h"
#include "net/session_driver.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace filo::net;
  if (size == 0) return 0;
  ServerConfig config;
  config.request_bytes_max = 4096;
  config.header_bytes_max = 4096;
  SessionDriver driver(config);
  const std::size_t step = data[0] == 0 ? size : data[0];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty() && driver.session->wants_input()) {
    driver.feed(rest.substr(0, step));
    rest.remove_prefix(std::min(step, rest.size()));
  }
  driver.clock.advance(std::chrono::minutes(2));
  driver.tick();
  driver.session->end_of_input();
  driver.held.reset();
  driver.session.reset();
  CHECK(driver.budget.bytes() == 0);
  return 0;
}
