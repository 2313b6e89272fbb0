// ByteReader and ByteWriter: fixed-width little-endian numbers, LEB128 varints and length-prefixed strings, for our own
// stored formats and as the primitive under the wire decoders.
//
// ByteReader is sticky: the first failure makes every later read return zero or empty and ok() false. Read the fields,
// then check ok() once. It never reads past its view and never allocates.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace filo {

static_assert(std::endian::native == std::endian::little, "stored formats are little-endian; add byte swaps to port");

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

  bool ok() const { return !failed_; }
  bool at_end() const { return at_ == end_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

  template <std::integral T>
  T fixed() {
    T value{};
    if (remaining() < sizeof(T)) return fail(), value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  double fixed_double() { return std::bit_cast<double>(fixed<std::uint64_t>()); }

  // At most ten bytes; bits beyond 64 are a failure.
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) return static_cast<unsigned char>(*at_++);
    return varint_slow();
  }
  std::int64_t zigzag() {
    const std::uint64_t v = varint();
    return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
  }
  // A view into the reader's bytes, valid as long as they are.
  std::string_view bytes(std::size_t untrusted_length) {
    if (untrusted_length > remaining()) return fail(), std::string_view();
    const std::string_view view(at_, untrusted_length);
    at_ += untrusted_length;
    return view;
  }
  std::string_view sized_bytes() { return bytes(static_cast<std::size_t>(varint())); }

 private:
  std::uint64_t varint_slow() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

class ByteWriter {
 public:
  template <std::integral T>
  void fixed(T value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void fixed_double(double value) { fixed(std::bit_cast<std::uint64_t>(value)); }
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void bytes(std::string_view view) { out_.append(view); }
  void sized_bytes(std::string_view view) {
    varint(view.size());
    out_.append(view);
  }

  std::size_t size() const { return out_.size(); }
  std::string_view view() const { return out_; }
  std::string take() { return std::move(out_); }
  void clear() { out_.clear(); }

 private:
  std::string out_;
};

}  // namespace filo
