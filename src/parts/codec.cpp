#include "parts/codec.h"

#include <algorithm>
#include <array>
#include <bit>

namespace filo::parts {
namespace {

// Times are often whole microseconds or milliseconds; the scale is kept as an index into this.
constexpr std::array<std::uint64_t, 3> scales = {1, 1'000, 1'000'000};
constexpr int depth_max = 64;  // of nested values; senders' limit is 32 (model/span_batch.h)

unsigned bytes_needed(std::uint64_t value) { return (static_cast<unsigned>(std::bit_width(value)) + 7) / 8; }

// The greatest scale that divides all distances from `base`.
std::size_t common_scale(std::span<const std::uint64_t> values, std::uint64_t base) {
  for (std::size_t index = scales.size() - 1; index > 0; --index) {
    const auto divides = [base, scale = scales[index]](std::uint64_t v) { return (v - base) % scale == 0; };
    if (std::all_of(values.begin(), values.end(), divides)) return index;
  }
  return 0;
}

template <typename T, typename Encode>
void encode_list(std::span<const T> items, ByteWriter& out, Encode encode) {
  out.varint(items.size());
  for (const auto& item : items) encode(item);
}

// Makes room for a list only if the bytes that are left could hold it, each item taking at least one.
template <typename T>
std::span<T> decode_list(ByteReader& in, Arena& arena) {
  const std::uint64_t untrusted_count = in.varint();
  if (untrusted_count > in.remaining()) return in.fail(), std::span<T>();
  return arena.array<T>(static_cast<std::size_t>(untrusted_count));
}

AttributeValue decode_nested(ByteReader& in, Arena& arena, int depth);

std::span<const Attribute> decode_entries(ByteReader& in, Arena& arena, int depth) {
  const auto entries = decode_list<Attribute>(in, arena);
  for (auto& entry : entries) {
    entry.key = arena.copy(in.sized_bytes());
    entry.value = decode_nested(in, arena, depth);
    if (!in.ok()) break;
  }
  return entries;
}

AttributeValue decode_nested(ByteReader& in, Arena& arena, int depth) {
  if (depth > depth_max) return in.fail(), AttributeValue();
  switch (in.fixed<std::uint8_t>()) {
    case static_cast<std::uint8_t>(ValueType::empty):
      return {};
    case static_cast<std::uint8_t>(ValueType::string):
      return AttributeValue::of_string(arena.copy(in.sized_bytes()));
    case static_cast<std::uint8_t>(ValueType::boolean):
      return AttributeValue::of_bool(in.fixed<std::uint8_t>() != 0);
    case static_cast<std::uint8_t>(ValueType::int64):
      return AttributeValue::of_int(in.zigzag());
    case static_cast<std::uint8_t>(ValueType::float64):
      return AttributeValue::of_double(in.fixed_double());
    case static_cast<std::uint8_t>(ValueType::bytes):
      return AttributeValue::of_bytes(arena.copy(in.sized_bytes()));
    case static_cast<std::uint8_t>(ValueType::array): {
      const auto items = decode_list<AttributeValue>(in, arena);
      for (auto& item : items) {
        item = decode_nested(in, arena, depth + 1);
        if (!in.ok()) break;
      }
      return AttributeValue::of_array(items);
    }
    case static_cast<std::uint8_t>(ValueType::map):
      return AttributeValue::of_map(decode_entries(in, arena, depth + 1));
    default:
      in.fail();
      return {};
  }
}

std::uint32_t decode_u32(ByteReader& in) {
  const std::uint64_t value = in.varint();
  if (value > UINT32_MAX) in.fail();
  return static_cast<std::uint32_t>(value);
}

}  // namespace

void encode_integers(std::span<const std::uint64_t> values, ByteWriter& out) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  if (!values.empty()) {
    low = INT64_MAX;
    high = INT64_MIN;
    for (const auto value : values) {
      low = std::min(low, static_cast<std::int64_t>(value));
      high = std::max(high, static_cast<std::int64_t>(value));
    }
  }
  const auto base = static_cast<std::uint64_t>(low);
  const std::size_t scale = low == high ? 0 : common_scale(values, base);
  const std::uint64_t range = (static_cast<std::uint64_t>(high) - base) / scales[scale];
  const unsigned width = bytes_needed(range);
  out.fixed(static_cast<std::uint8_t>(width | scale << 4));
  out.varint(values.size());
  out.fixed(base);

  // One plane of bytes after the other: the high ones repeat, which is what the compressor likes.
  std::string planes(values.size() * width, '\0');
  const auto fill = [&](auto divide) {
    for (unsigned plane = 0; plane < width; ++plane) {
      char* to = planes.data() + plane * values.size();
      for (std::size_t i = 0; i < values.size(); ++i)
        to[i] = static_cast<char>(divide(values[i] - base) >> (8 * plane));
    }
  };
  if (scale == 0) fill([](std::uint64_t v) { return v; });
  if (scale == 1) fill([](std::uint64_t v) { return v / scales[1]; });
  if (scale == 2) fill([](std::uint64_t v) { return v / scales[2]; });
  out.bytes(planes);
}

bool Integers::decode(std::string_view payload, std::size_t count) {
  return decode_some(payload, count) && count_ == count;
}

bool Integers::decode_some(std::string_view payload, std::size_t count_max) {
  ByteReader in(payload);
  const auto head = in.fixed<std::uint8_t>();
  const std::size_t width = head & 15U;
  const std::size_t scale = head >> 4U;
  const std::uint64_t untrusted_count = in.varint();
  const auto base = in.fixed<std::uint64_t>();
  if (!in.ok() || width > 8 || scale >= scales.size() || untrusted_count > count_max) return false;
  const auto count = static_cast<std::size_t>(untrusted_count);
  if (width == 0) {
    if (!in.at_end()) return false;
    assign_constant(base, count);
    return true;
  }
  if (in.remaining() % width != 0 || in.remaining() / width != count) return false;
  const std::string_view planes = in.bytes(in.remaining());
  values_.assign(count, 0);
  for (std::size_t plane = 0; plane < width; ++plane) {
    const char* from = planes.data() + plane * count;
    for (std::size_t i = 0; i < count; ++i) {
      values_[i] |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * plane);
    }
  }
  for (auto& value : values_) value = base + value * scales[scale];
  count_ = count;
  stride_ = 1;
  return true;
}

void Integers::assign_constant(std::uint64_t value, std::size_t count) {
  values_.assign(1, value);
  count_ = count;
  stride_ = 0;
}

void encode_strings(std::span<const std::uint64_t> lengths, std::string_view bytes, ByteWriter& out) {
  ByteWriter encoded;
  encode_integers(lengths, encoded);
  out.varint(lengths.size());
  out.sized_bytes(encoded.view());
  out.bytes(bytes);
}

void encode_strings(std::span<const std::string_view> values, ByteWriter& out) {
  std::vector<std::uint64_t> lengths;
  lengths.reserve(values.size());
  std::size_t total = 0;
  for (const auto value : values) {
    lengths.push_back(value.size());
    total += value.size();
  }
  std::string bytes;
  bytes.reserve(total);
  for (const auto value : values) bytes.append(value);
  encode_strings(lengths, bytes, out);
}

bool Strings::decode(std::string payload, std::size_t count) {
  return decode_some(std::move(payload), count) && ends_.size() == count;
}

bool Strings::decode_some(std::string payload, std::size_t count_max) {
  payload_ = std::move(payload);
  ByteReader in(payload_);
  const std::uint64_t untrusted_count = in.varint();
  const std::string_view encoded = in.sized_bytes();
  Integers lengths;
  // Equal lengths take no bytes a string, so that the count has to be bounded by itself.
  if (!in.ok() || untrusted_count > count_max) return false;
  if (!lengths.decode(encoded, static_cast<std::size_t>(untrusted_count))) return false;
  ends_.resize(lengths.size());
  const std::size_t available = in.remaining();
  std::size_t end = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    if (lengths[i] > available - end) return false;
    end += static_cast<std::size_t>(lengths[i]);
    ends_[i] = end;
  }
  first_ = in.offset();
  return end == available;
}

void encode_value(const AttributeValue& value, ByteWriter& out) {
  out.fixed(static_cast<std::uint8_t>(value.type()));
  switch (value.type()) {
    case ValueType::empty:
      break;
    case ValueType::string:
    case ValueType::bytes:
      out.sized_bytes(value.text());
      break;
    case ValueType::boolean:
      out.fixed(static_cast<std::uint8_t>(value.as_bool()));
      break;
    case ValueType::int64:
      out.zigzag(value.as_int());
      break;
    case ValueType::float64:
      out.fixed_double(value.as_double());
      break;
    case ValueType::array:
      encode_list(value.items(), out, [&out](const AttributeValue& item) { encode_value(item, out); });
      break;
    case ValueType::map:
      encode_attributes(value.entries(), out);
      break;
  }
}

void encode_attributes(std::span<const Attribute> attributes, ByteWriter& out) {
  encode_list(attributes, out, [&out](const Attribute& attribute) {
    out.sized_bytes(attribute.key);
    encode_value(attribute.value, out);
  });
}

void encode_resource(const Resource& resource, ByteWriter& out) {
  out.sized_bytes(resource.schema_url);
  out.varint(resource.dropped_attributes);
  encode_attributes(resource.attributes, out);
}

void encode_scope(const Scope& scope, ByteWriter& out) {
  out.sized_bytes(scope.name);
  out.sized_bytes(scope.version);
  out.sized_bytes(scope.schema_url);
  out.varint(scope.dropped_attributes);
  encode_attributes(scope.attributes, out);
}

void encode_events(std::span<const Event> events, Timestamp span_start, ByteWriter& out) {
  encode_list(events, out, [&](const Event& event) {
    out.zigzag((event.time - span_start).count());
    out.sized_bytes(event.name);
    out.varint(event.dropped_attributes);
    encode_attributes(event.attributes, out);
  });
}

void encode_links(std::span<const Link> links, ByteWriter& out) {
  encode_list(links, out, [&out](const Link& link) {
    out.fixed(link.trace_id.high);
    out.fixed(link.trace_id.low);
    out.fixed(link.span_id.value);
    out.sized_bytes(link.trace_state);
    out.varint(link.dropped_attributes);
    out.varint(link.flags);
    encode_attributes(link.attributes, out);
  });
}

AttributeValue decode_value(ByteReader& in, Arena& arena) { return decode_nested(in, arena, 0); }

std::span<const Attribute> decode_attributes(ByteReader& in, Arena& arena) { return decode_entries(in, arena, 0); }

Resource decode_resource(ByteReader& in, Arena& arena) {
  Resource resource;
  resource.schema_url = arena.copy(in.sized_bytes());
  resource.dropped_attributes = decode_u32(in);
  resource.attributes = decode_attributes(in, arena);
  resource.finish();
  return resource;
}

Scope decode_scope(ByteReader& in, Arena& arena) {
  Scope scope;
  scope.name = arena.copy(in.sized_bytes());
  scope.version = arena.copy(in.sized_bytes());
  scope.schema_url = arena.copy(in.sized_bytes());
  scope.dropped_attributes = decode_u32(in);
  scope.attributes = decode_attributes(in, arena);
  return scope;
}

std::span<const Event> decode_events(ByteReader& in, Timestamp span_start, Arena& arena) {
  const auto events = decode_list<Event>(in, arena);
  for (auto& event : events) {
    event.time = span_start + Duration(in.zigzag());
    event.name = arena.copy(in.sized_bytes());
    event.dropped_attributes = decode_u32(in);
    event.attributes = decode_attributes(in, arena);
    if (!in.ok()) break;
  }
  return events;
}

std::span<const Link> decode_links(ByteReader& in, Arena& arena) {
  const auto links = decode_list<Link>(in, arena);
  for (auto& link : links) {
    link.trace_id.high = in.fixed<std::uint64_t>();
    link.trace_id.low = in.fixed<std::uint64_t>();
    link.span_id.value = in.fixed<std::uint64_t>();
    link.trace_state = arena.copy(in.sized_bytes());
    link.dropped_attributes = decode_u32(in);
    link.flags = decode_u32(in);
    link.attributes = decode_attributes(in, arena);
    if (!in.ok()) break;
  }
  return links;
}

}  // namespace filo::parts
