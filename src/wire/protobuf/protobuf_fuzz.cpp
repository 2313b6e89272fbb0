// The reader over any bytes: every field read as its wire type says, views inside the message, faults sticky.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/protobuf/reader.h"
#include "wire/protobuf/writer.h"

using filo::wire::protobuf::Reader;
using filo::wire::protobuf::tag;
using filo::wire::protobuf::WireType;
using filo::wire::protobuf::Writer;

namespace {

// Copies what it understands; groups and depth below `depth` are dropped.
void rewrite(std::string_view message, std::string& out, int depth) {
  Writer writer(out);
  Reader reader(message);
  while (reader.next()) {
    const std::uint32_t number = reader.number();
    switch (static_cast<WireType>(reader.tag() & 7)) {
      case WireType::varint:
        writer.varint(number, reader.varint());
        break;
      case WireType::fixed64:
        writer.fixed64(number, reader.fixed64());
        break;
      case WireType::fixed32:
        writer.fixed32(number, reader.fixed32());
        break;
      case WireType::bytes: {
        const std::string_view bytes = reader.bytes();
        CHECK(bytes.empty() ||
              (bytes.data() >= message.data() && bytes.data() + bytes.size() <= message.data() + message.size()));
        if (depth > 0) {
          const auto mark = writer.begin(number, bytes.size() / 2);
          rewrite(bytes, out, depth - 1);
          writer.end(mark);
        } else {
          writer.bytes(number, bytes);
        }
        break;
      }
      default:
        reader.skip(0);
    }
  }
  if (!reader.ok()) CHECK(!reader.explain().empty() && !reader.next() && reader.varint() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string once;
  rewrite(input, once, 4);
  // What the writer wrote, the reader takes without a fault and writes again the same.
  std::string twice;
  rewrite(once, twice, 4);
  CHECK(once == twice);
  return 0;
}
