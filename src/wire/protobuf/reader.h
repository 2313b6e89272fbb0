// Reader: one pass over one protobuf message (https://protobuf.dev/programming-guides/encoding/). Strings are views
// into the message; nothing is allocated and nothing is read past the end.
//
//   Reader reader(message);
//   while (reader.next()) {
//     switch (reader.tag()) {
//       case tag(1, WireType::bytes): name = reader.bytes(); break;
//       case tag(2, WireType::varint): count = reader.varint(); break;
//       default: reader.skip(known_fields(1, 2));
//     }
//   }
//   if (!reader.ok()) return reader.explain();
//
// Sticky: after the first fault next() is false and every read returns zero or nothing. All of it is inline and its
// address never escapes, so that a compiler keeps the position in a register; this is the hottest loop there is.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace filo::wire::protobuf {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, group = 3, group_end = 4, fixed32 = 5 };

constexpr std::uint32_t tag(std::uint32_t number, WireType type) {
  return number << 3 | static_cast<std::uint32_t>(type);
}

// A set of field numbers below 64.
template <typename... Numbers>
constexpr std::uint64_t known_fields(Numbers... numbers) {
  return ((std::uint64_t{1} << static_cast<unsigned>(numbers)) | ...);
}

enum class Fault : std::uint8_t {
  none,
  tag,        // field number 0, an unknown wire type, or not a varint of 32 bits
  varint,     // cut short, or more than ten bytes
  fixed,      // cut short
  length,     // more than what is left
  group,      // without its end, with another's end, or nested too deeply
  wire_type,  // a field that we know, in another type than it has
};

inline constexpr int group_depth_max = 32;

// The slow halves; values in and out, so that no reader's address is taken. `at` is null after a fault.
struct Varint {
  std::uint64_t value;
  const char* at;
};
Varint read_long_varint(const char* at, const char* end);
const char* skip_group(const char* at, const char* end, std::uint32_t number);
std::string explain_fault(Fault fault, std::uint32_t tag, const char* at, const char* end);

class Reader {
 public:
  explicit Reader(std::string_view message) : at_(message.data()), end_(at_ + message.size()), fault_at_(end_) {}

  // Goes to the next field; false at the end and after a fault.
  bool next() {
    if (at_ == end_) return false;
    const char* start = at_;
    const std::uint64_t value = varint();
    tag_ = static_cast<std::uint32_t>(value);
    if (value > UINT32_MAX || value < 8) return fail_at(start, Fault::tag), false;
    return true;
  }
  // As next(), when the field after this one has the same tag of one byte; else nothing happens. For loops over a
  // repeated field, which then need no dispatch.
  bool next_same() {
    if (at_ == end_ || byte(0) != tag_ || tag_ >= 0x80) return false;
    ++at_;
    return true;
  }
  std::uint32_t tag() const { return tag_; }
  std::uint32_t number() const { return tag_ >> 3; }

  std::uint64_t varint() {
    if (at_ != end_) {
      const std::uint64_t first = byte(0);
      if (first < 0x80) return ++at_, first;
      if (end_ - at_ > 1 && byte(1) < 0x80) {
        const std::uint64_t value = (first & 0x7f) | byte(1) << 7;
        at_ += 2;
        return value;
      }
    }
    const Varint read = read_long_varint(at_, end_);
    if (read.at == nullptr) return fail_at(at_, Fault::varint), 0;
    at_ = read.at;
    return read.value;
  }
  std::uint64_t fixed64() { return fixed<std::uint64_t>(); }
  std::uint32_t fixed32() { return fixed<std::uint32_t>(); }
  std::string_view bytes() {
    const char* start = at_;
    const std::uint64_t untrusted_length = varint();
    if (untrusted_length > static_cast<std::size_t>(end_ - at_))
      return fail_at(start, Fault::length), std::string_view();
    const std::string_view view(at_, static_cast<std::size_t>(untrusted_length));
    at_ += view.size();
    return view;
  }
  // Past the current field when its number is not in `known`; a known one that comes here has the wrong type.
  void skip(std::uint64_t known) {
    if (number() < 64 && (known >> number() & 1) != 0) return fail_at(at_, Fault::wire_type);
    switch (static_cast<WireType>(tag_ & 7)) {
      case WireType::varint:
        varint();
        return;
      case WireType::fixed64:
        fixed64();
        return;
      case WireType::bytes:
        bytes();
        return;
      case WireType::fixed32:
        fixed32();
        return;
      case WireType::group: {
        const char* after = skip_group(at_, end_, number());
        if (after == nullptr) return fail_at(at_, Fault::group);
        at_ = after;
        return;
      }
      case WireType::group_end:
        return fail_at(at_, Fault::group);
    }
    fail_at(at_, Fault::tag);
  }

  bool ok() const { return fault_ == Fault::none; }
  Fault fault() const { return fault_; }
  const char* fault_at() const { return fault_at_; }
  // "length 900 exceeds the 12 bytes left"
  std::string explain() const { return explain_fault(fault_, tag_, fault_at_, end_); }

 private:
  std::uint64_t byte(int i) const { return static_cast<unsigned char>(at_[i]); }
  template <typename T>
  T fixed() {
    T value{};
    if (static_cast<std::size_t>(end_ - at_) < sizeof(T)) return fail_at(at_, Fault::fixed), value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  void fail_at(const char* where, Fault fault) {
    if (fault_ != Fault::none) return;
    fault_ = fault;
    fault_at_ = where;
    at_ = end_;
  }

  const char* at_;
  const char* end_;
  const char* fault_at_;
  std::uint32_t tag_ = 0;
  Fault fault_ = Fault::none;
};

}  // namespace filo::wire::protobuf
