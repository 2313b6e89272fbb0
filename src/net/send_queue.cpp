#include "net/send_queue.h"

#include <algorithm>

namespace filo::net {
namespace {

constexpr std::size_t copy_bytes_max = 4096;
constexpr std::size_t segment_bytes_max = 64U << 10;

}  // namespace

void SendQueue::append(std::string_view bytes) {
  if (bytes.empty()) return;
  bytes_ += bytes.size();
  const bool fits = !segments_.empty() && !segments_.back().copied.empty() &&
                    segments_.back().copied.size() + bytes.size() <= segment_bytes_max;
  if (!fits) segments_.emplace_back();
  segments_.back().copied.append(bytes);
}

void SendQueue::append(Chunk chunk) {
  if (chunk.bytes.size() <= copy_bytes_max) return append(chunk.bytes);
  bytes_ += chunk.bytes.size();
  segments_.push_back(Segment{{}, std::move(chunk)});
}

std::size_t SendQueue::gather(std::span<iovec> vectors) const {
  std::size_t used = 0;
  std::size_t skip = sent_of_first_;
  for (const Segment& segment : segments_) {
    if (used == vectors.size()) break;
    const std::string_view rest = segment.view().substr(skip);
    skip = 0;
    vectors[used++] = iovec{const_cast<char*>(rest.data()), rest.size()};
  }
  return used;
}

void SendQueue::consume(std::size_t bytes) {
  bytes_ -= bytes;
  while (bytes > 0) {
    const std::size_t left = segments_.front().view().size() - sent_of_first_;
    if (bytes < left) {
      sent_of_first_ += bytes;
      return;
    }
    bytes -= left;
    sent_of_first_ = 0;
    segments_.pop_front();
  }
}

}  // namespace filo::net
