// How columns and values become bytes in a part, and back. Pure functions; docs/formats/part.md is the specification.
// Decoders take untrusted bytes: they return false (or make the reader fail) and never read or allocate beyond what the
// bytes can hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "model/span.h"

namespace filo::parts {

// Numbers of one chunk. A chunk of one repeated number is kept as that number.
class Integers {
 public:
  std::uint64_t operator[](std::size_t i) const { return values_[i * stride_]; }
  std::size_t size() const { return count_; }
  bool is_constant() const { return stride_ == 0; }
  // False when the payload is malformed or does not hold exactly `count` numbers.
  bool decode(std::string_view payload, std::size_t count);
  // As many as the payload says, if that is at most `count_max`.
  bool decode_some(std::string_view payload, std::size_t count_max);
  void assign_constant(std::uint64_t value, std::size_t count);

 private:
  std::vector<std::uint64_t> values_;
  std::size_t count_ = 0;
  std::size_t stride_ = 0;
};

// Strings of one chunk, in the order of their rows; owns the bytes.
class Strings {
 public:
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {payload_.data() + first_ + begin, ends_[i] - begin};
  }
  std::size_t size() const { return ends_.size(); }
  bool decode(std::string payload, std::size_t count);
  bool decode_some(std::string payload, std::size_t count_max);

 private:
  std::string payload_;
  std::size_t first_ = 0;
  std::vector<std::size_t> ends_;
};

void encode_integers(std::span<const std::uint64_t> values, ByteWriter& out);
void encode_strings(std::span<const std::string_view> values, ByteWriter& out);
// The same from lengths and bytes that stand together already.
void encode_strings(std::span<const std::uint64_t> lengths, std::string_view bytes, ByteWriter& out);

void encode_value(const AttributeValue& value, ByteWriter& out);
void encode_attributes(std::span<const Attribute> attributes, ByteWriter& out);
void encode_resource(const Resource& resource, ByteWriter& out);
void encode_scope(const Scope& scope, ByteWriter& out);
void encode_events(std::span<const Event> events, Timestamp span_start, ByteWriter& out);
void encode_links(std::span<const Link> links, ByteWriter& out);

// What these return points into the arena, never into the reader's bytes.
AttributeValue decode_value(ByteReader& in, Arena& arena);
std::span<const Attribute> decode_attributes(ByteReader& in, Arena& arena);
Resource decode_resource(ByteReader& in, Arena& arena);
Scope decode_scope(ByteReader& in, Arena& arena);
std::span<const Event> decode_events(ByteReader& in, Timestamp span_start, Arena& arena);
std::span<const Link> decode_links(ByteReader& in, Arena& arena);

}  // namespace filo::parts
