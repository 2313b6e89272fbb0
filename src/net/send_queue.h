// SendQueue: bytes waiting for the socket, in order. Small pieces are copied together, large ones referenced until they
// are sent. Owned by a session, on its I/O thread; the session bounds what it puts in. Private to src/net.
#pragma once

#include <sys/uio.h>

#include <deque>
#include <span>

#include "net/exchange.h"

namespace filo::net {

class SendQueue {
 public:
  void append(std::string_view bytes);
  void append(Chunk chunk);
  std::size_t bytes() const { return bytes_; }
  // Fills `vectors` from the front; returns how many it used.
  std::size_t gather(std::span<iovec> vectors) const;
  void consume(std::size_t bytes);

 private:
  struct Segment {
    std::string copied;
    Chunk shared;
    std::string_view view() const { return copied.empty() ? shared.bytes : std::string_view(copied); }
  };
  std::deque<Segment> segments_;
  std::size_t sent_of_first_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace filo::net
