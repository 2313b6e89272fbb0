// A receiver on a real server with one I/O thread, on free ports of this machine. The sink outlives it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "receivers/receiver.h"

namespace filo::test {

class RunningReceiver {
 public:
  RunningReceiver(const receivers::ReceiverKind& kind, pipeline::SpanSink& sink,
                  const receivers::ListenConfig& config = {}) {
    auto server = net::Server::create({}, clock_);
    EXPECT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    auto receiver = kind.make(config, {*server_, sink, clock_});
    EXPECT_TRUE(receiver) << receiver.error().message;
    receiver_ = std::move(*receiver);
    server_->start();
  }
  ~RunningReceiver() { server_->stop(soon()); }

  std::uint16_t port() const { return receiver_->port(); }
  const Clock& clock() const { return clock_; }
  Deadline soon() const { return Deadline::after(clock_, std::chrono::seconds(10)); }
  // The value at the end of the line that begins so, "" if there is none.
  std::string metric(std::string_view line_begin) const {
    telemetry::MetricWriter writer;
    receiver_->describe(writer);
    const std::string text = "\n" + writer.text();
    const auto at = text.find("\n" + std::string(line_begin) + " ");
    if (at == std::string::npos) return "";
    const auto value = at + line_begin.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

 private:
  SystemClock clock_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<receivers::Receiver> receiver_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace filo::test
