// HttpSender: posts bodies to one HTTP/1.1 server over a connection that it keeps. Blocks its caller, the exporter
// thread, until a deadline at most; sockets are closed on exec. No TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace filo::sdk {

struct Answer {
  int status = 0;  // of HTTP; 0 when there was no answer
  std::uint32_t retry_after_s = 0;
  // Worth another attempt with the same body, as OTLP says.
  bool is_transient() const noexcept {
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
  }
  bool is_success() const noexcept { return status >= 200 && status < 300; }
};

class HttpSender {
 public:
  // "http://host[:port][/path]"; without a path, OTLP's. Null, or what is wrong with it.
  const char* aim(std::string_view url) noexcept;
  Answer post(std::string_view body, std::uint64_t deadline_monotonic_ns) noexcept;
  void close() noexcept;

 private:
  bool connect(std::uint64_t deadline) noexcept;
  bool write_all(std::string_view bytes, std::uint64_t deadline) noexcept;
  Answer read_answer(std::uint64_t deadline) noexcept;
  bool wait(short events, std::uint64_t deadline) const noexcept;

  char host_[256] = {};
  char port_[6] = {};
  char path_[512] = {};
  int socket_ = -1;
};

}  // namespace filo::sdk
