#include "sdk/span_memory.h"

namespace filo::sdk {

std::string_view cut_text(std::string_view text, std::size_t size_max) noexcept {
  if (text.size() <= size_max) return text;
  std::size_t size = size_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

bool FieldWriter::make_room(std::size_t size) noexcept {
  if (memory_.large != nullptr || memory_.used + size > SpanMemory::bytes_max) {
    memory_.loss = SpanMemory::Loss::too_large;
    return false;
  }
  memory_.large = pool_.take();
  if (memory_.large == nullptr) {
    memory_.loss = SpanMemory::Loss::no_memory;
    return false;
  }
  std::memcpy(memory_.large->bytes, memory_.bytes, memory_.used);
  memory_.bytes = memory_.large->bytes;
  memory_.capacity = SpanMemory::bytes_max;
  return true;
}

void FieldWriter::varint_field(std::uint8_t tag, std::uint64_t value) noexcept {
  char* at = claim(1 + varint_size(value));
  if (at == nullptr) return;
  *at++ = static_cast<char>(tag);
  put_varint(at, value);
}

void FieldWriter::fixed64_field(std::uint8_t tag, std::uint64_t value) noexcept {
  char* at = claim(1 + sizeof(value));
  if (at == nullptr) return;
  *at++ = static_cast<char>(tag);
  std::memcpy(at, &value, sizeof(value));
}

void FieldWriter::bytes_field(std::uint8_t tag, std::string_view value) noexcept {
  char* at = claim(field_size(value.size()));
  if (at != nullptr) put_field(at, tag, value);
}

char* FieldWriter::claim_attribute(std::uint8_t tag, std::string_view key, std::size_t any_value_size) noexcept {
  const std::size_t size = field_size(key.size()) + field_size(any_value_size);
  char* at = claim(field_size(size));
  if (at == nullptr) return nullptr;
  *at++ = static_cast<char>(tag);
  at = put_field(put_varint(at, size), 0x0A, key);
  *at++ = 0x12;
  return put_varint(at, any_value_size);
}

void FieldWriter::text_attribute(std::uint8_t tag, std::string_view key, std::string_view value) noexcept {
  char* at = claim_attribute(tag, key, field_size(value.size()));
  if (at != nullptr) put_field(at, 0x0A, value);
}

void FieldWriter::varint_attribute(std::uint8_t tag, std::string_view key, std::uint8_t value_tag,
                                   std::uint64_t value) noexcept {
  char* at = claim_attribute(tag, key, 1 + varint_size(value));
  if (at == nullptr) return;
  *at++ = static_cast<char>(value_tag);
  put_varint(at, value);
}

void FieldWriter::double_attribute(std::uint8_t tag, std::string_view key, double value) noexcept {
  char* at = claim_attribute(tag, key, 1 + sizeof(value));
  if (at == nullptr) return;
  *at++ = 0x21;
  std::memcpy(at, &value, sizeof(value));
}

}  // namespace filo::sdk
