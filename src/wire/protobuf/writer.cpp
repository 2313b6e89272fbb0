#include "wire/protobuf/writer.h"

namespace filo::wire::protobuf {

void Writer::end(Mark mark) {
  std::uint64_t size = out_.size() - mark.body;
  const std::size_t width = varint_size(size);
  std::size_t at = mark.body - mark.width;
  if (width > mark.width) {
    out_.insert(at, width - mark.width, '\0');
  } else if (width < mark.width) {
    out_.erase(at, mark.width - width);
  }
  for (; size >= 0x80; size >>= 7) out_[at++] = static_cast<char>(size | 0x80);
  out_[at] = static_cast<char>(size);
}

}  // namespace filo::wire::protobuf
