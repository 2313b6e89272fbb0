// SpanMemory: where one span is put together, as the fields of OTLP's Span message. A kilobyte that its thread keeps
// for the next span; a span that needs more moves to a chunk of the pool. One thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "sdk/chunk_pool.h"

namespace filo {
inline namespace v1 {

struct SpanMemory {
  enum class Loss : std::uint8_t { none, too_large, no_memory };
  static constexpr std::uint32_t record_header_max = 4;  // tag, and a length below 2^21
  static constexpr std::uint32_t bytes_max = sizeof(sdk::Chunk::bytes) - record_header_max;

  SpanMemory* next_free = nullptr;
  sdk::Chunk* large = nullptr;  // what the fields moved to
  char* bytes = small;
  std::uint32_t used = 0;
  std::uint32_t capacity = sizeof(small);
  std::uint32_t tags = 0;
  Loss loss = Loss::none;  // why the span cannot be kept
  std::uint64_t start_monotonic_ns = 0;
  std::uint64_t start_unix_ns = 0;
  char small[1024 - 56];
};

}  // namespace v1

namespace sdk {

// Writes protobuf fields into a SpanMemory. When something does not fit any more, the span is lost and says why.
class FieldWriter {
 public:
  FieldWriter(SpanMemory& memory, ChunkPool& pool) noexcept : memory_(memory), pool_(pool) {}

  void varint_field(std::uint8_t tag, std::uint64_t value) noexcept;
  void fixed64_field(std::uint8_t tag, std::uint64_t value) noexcept;
  void bytes_field(std::uint8_t tag, std::string_view value) noexcept;
  // A KeyValue, a message of fields 1 (key) and 2 (AnyValue); `tag` is that of the list it belongs to.
  void text_attribute(std::uint8_t tag, std::string_view key, std::string_view value) noexcept;
  void varint_attribute(std::uint8_t tag, std::string_view key, std::uint8_t value_tag, std::uint64_t value) noexcept;
  void double_attribute(std::uint8_t tag, std::string_view key, double value) noexcept;

  // Where `size` bytes may be written; null when there is no room.
  char* claim(std::size_t size) noexcept {
    if (size > memory_.capacity - memory_.used && !make_room(size)) return nullptr;
    char* at = memory_.bytes + memory_.used;
    memory_.used += static_cast<std::uint32_t>(size);
    return at;
  }

 private:
  // All of an attribute but the content of its AnyValue, which goes where this points to.
  char* claim_attribute(std::uint8_t tag, std::string_view key, std::size_t any_value_size) noexcept;
  bool make_room(std::size_t size) noexcept;

  SpanMemory& memory_;
  ChunkPool& pool_;
};

inline std::size_t varint_size(std::uint64_t value) noexcept {
  return (static_cast<std::size_t>(64 - __builtin_clzll(value | 1)) + 6) / 7;
}
inline char* put_varint(char* at, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7U) *at++ = static_cast<char>(value | 0x80U);
  *at++ = static_cast<char>(value);
  return at;
}
// Keys and values are mostly shorter than 32 bytes, where memcpy costs more to reach than to run.
inline char* put_bytes(char* at, std::string_view bytes) noexcept {
  const char* from = bytes.data();
  const std::size_t size = bytes.size();
  const auto copy = [at, from](auto word, std::size_t offset) {
    std::memcpy(&word, from + offset, sizeof(word));
    std::memcpy(at + offset, &word, sizeof(word));
  };
  struct Sixteen {
    std::uint64_t a, b;
  };
  if (size > 32) {
    std::memcpy(at, from, size);
  } else if (size >= 16) {
    copy(Sixteen{}, 0);
    copy(Sixteen{}, size - 16);
  } else if (size >= 8) {
    copy(std::uint64_t{}, 0);
    copy(std::uint64_t{}, size - 8);
  } else if (size >= 4) {
    copy(std::uint32_t{}, 0);
    copy(std::uint32_t{}, size - 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) at[i] = from[i];
  }
  return at + size;
}
// A field of wire type 2.
inline char* put_field(char* at, std::uint8_t tag, std::string_view bytes) noexcept {
  *at++ = static_cast<char>(tag);
  return put_bytes(put_varint(at, bytes.size()), bytes);
}
inline std::size_t field_size(std::size_t bytes) noexcept { return 1 + varint_size(bytes) + bytes; }

// The first `size_max` bytes, without half a character at the end.
std::string_view cut_text(std::string_view text, std::size_t size_max) noexcept;

}  // namespace sdk
}  // namespace filo
