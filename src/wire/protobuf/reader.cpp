#include "wire/protobuf/reader.h"

#include <array>

namespace filo::wire::protobuf {

// Bits beyond 64 are dropped, as all protobuf libraries do.
Varint read_long_varint(const char* at, const char* end) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70 && at != end; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return {value, at};
  }
  return {0, nullptr};
}

const char* skip_group(const char* at, const char* end, std::uint32_t number) {
  std::array<std::uint32_t, group_depth_max> open{};
  std::size_t depth = 0;
  open[depth++] = number;
  while (depth > 0) {
    const Varint field = read_long_varint(at, end);
    if (field.at == nullptr || field.value > UINT32_MAX || field.value < 8) return nullptr;
    at = field.at;
    const auto field_number = static_cast<std::uint32_t>(field.value >> 3);
    std::uint64_t untrusted_length = 0;
    switch (static_cast<WireType>(field.value & 7)) {
      case WireType::varint: {
        at = read_long_varint(at, end).at;
        if (at == nullptr) return nullptr;
        break;
      }
      case WireType::fixed64:
        untrusted_length = 8;
        break;
      case WireType::fixed32:
        untrusted_length = 4;
        break;
      case WireType::bytes: {
        const Varint length = read_long_varint(at, end);
        if (length.at == nullptr) return nullptr;
        at = length.at;
        untrusted_length = length.value;
        break;
      }
      case WireType::group:
        if (depth == open.size()) return nullptr;
        open[depth++] = field_number;
        break;
      case WireType::group_end:
        if (open[--depth] != field_number) return nullptr;
        break;
      default:
        return nullptr;
    }
    if (untrusted_length > static_cast<std::size_t>(end - at)) return nullptr;
    at += untrusted_length;
  }
  return at;
}

std::string explain_fault(Fault fault, std::uint32_t tag, const char* at, const char* end) {
  const std::string left = std::to_string(end - at);
  switch (fault) {
    case Fault::none:
      return "no fault";
    case Fault::tag: {
      const Varint field = read_long_varint(at, end);
      return field.at != nullptr && field.value > UINT32_MAX ? "a field tag of more than 32 bits" : "invalid field tag";
    }
    case Fault::varint:
      return "a varint is cut short or longer than ten bytes";
    case Fault::fixed:
      return "a fixed-width number is cut short, " + left + " bytes left";
    case Fault::length: {
      const Varint length = read_long_varint(at, end);
      const auto rest = length.at == nullptr ? 0 : end - length.at;
      return "length " + std::to_string(length.value) + " exceeds the " + std::to_string(rest) + " bytes left";
    }
    case Fault::group:
      return "a group does not end as it began, or is nested too deeply";
    case Fault::wire_type:
      return "field " + std::to_string(tag >> 3) + " has wire type " + std::to_string(tag & 7) +
             ", which is not its own";
  }
  return "unknown fault";
}

}  // namespace filo::wire::protobuf
