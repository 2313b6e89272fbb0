// Writer: appends protobuf fields to a string. A nested message is begun with a guess of its size and ended; only a
// wrong guess of the width of its length costs a move of its bytes. Zero scalars are written like any others: leaving
// them out is the caller's choice.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/protobuf/reader.h"

namespace filo::wire::protobuf {

constexpr std::size_t varint_size(std::uint64_t value) {
  return static_cast<std::size_t>(70 - std::countl_zero(value | 1)) / 7;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void raw_varint(std::uint64_t value) {
    char buffer[10];
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7) buffer[size++] = static_cast<char>(value | 0x80);
    buffer[size++] = static_cast<char>(value);
    out_.append(buffer, size);
  }
  void raw_bytes(std::string_view bytes) { out_.append(bytes); }

  void varint(std::uint32_t number, std::uint64_t value) {
    raw_varint(tag(number, WireType::varint));
    raw_varint(value);
  }
  void fixed64(std::uint32_t number, std::uint64_t value) {
    raw_varint(tag(number, WireType::fixed64));
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void fixed32(std::uint32_t number, std::uint32_t value) {
    raw_varint(tag(number, WireType::fixed32));
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void float64(std::uint32_t number, double value) { fixed64(number, std::bit_cast<std::uint64_t>(value)); }
  void bytes(std::uint32_t number, std::string_view value) {
    raw_varint(tag(number, WireType::bytes));
    raw_varint(value.size());
    out_.append(value);
  }

  struct Mark {
    std::size_t body;   // where the message begins
    std::size_t width;  // bytes kept for its length
  };
  [[nodiscard]] Mark begin(std::uint32_t number, std::size_t size_guess) {
    raw_varint(tag(number, WireType::bytes));
    const std::size_t width = varint_size(size_guess);
    out_.append(width, '\0');
    return {out_.size(), width};
  }
  void end(Mark mark);

 private:
  std::string& out_;
};

}  // namespace filo::wire::protobuf
