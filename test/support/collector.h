// Collector: an HTTP/1.1 server on a loopback port that keeps every body it is sent and answers as it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "concurrency/worker.h"

namespace filo::test {

class Collector {
 public:
  Collector();
  ~Collector();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // The status of answers from now on; 0 closes the connection without one, 429 asks to come again in an hour.
  void answer_with(int status) { status_ = status; }
  // Bodies that were answered with success, since the last call.
  std::vector<std::string> take_bodies();
  std::size_t requests() const { return requests_; }

 private:
  void serve(const std::stop_token& stop);
  // False when the connection is over.
  bool read_from(int socket);

  std::uint16_t port_ = 0;
  int listener_;
  std::atomic<int> status_ = 200;
  std::atomic<std::size_t> requests_ = 0;
  std::map<int, std::string> connections_;  // by socket, what came and is not a whole request yet
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  Worker worker_;  // last: its thread uses all of the above
};

}  // namespace filo::test
