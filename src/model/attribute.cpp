#include "model/attribute.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "model/utf8.h"

namespace filo {
namespace {

void append_int(std::string& out, std::int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out.append(buffer, end);
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    out.append(buffer, end);
  }
}

}  // namespace

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::empty:
      return "empty";
    case ValueType::string:
      return "string";
    case ValueType::boolean:
      return "bool";
    case ValueType::int64:
      return "int";
    case ValueType::float64:
      return "double";
    case ValueType::bytes:
      return "bytes";
    case ValueType::array:
      return "array";
    case ValueType::map:
      return "map";
  }
  return "empty";
}

AttributeValue AttributeValue::of_array(std::span<const AttributeValue> items) {
  CHECK(items.size() <= UINT32_MAX);
  AttributeValue v;
  v.type_ = ValueType::array;
  v.items_ = items.data();
  v.size_ = static_cast<std::uint32_t>(items.size());
  return v;
}

AttributeValue AttributeValue::of_map(std::span<const Attribute> entries) {
  CHECK(entries.size() <= UINT32_MAX);
  AttributeValue v;
  v.type_ = ValueType::map;
  v.entries_ = entries.data();
  v.size_ = static_cast<std::uint32_t>(entries.size());
  return v;
}

std::span<const AttributeValue> AttributeValue::items() const {
  DCHECK(type_ == ValueType::array);
  return {items_, size_};
}

std::span<const Attribute> AttributeValue::entries() const {
  DCHECK(type_ == ValueType::map);
  return {entries_, size_};
}

bool operator==(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case ValueType::empty:
      return true;
    case ValueType::string:
    case ValueType::bytes:
      return a.text() == b.text();
    case ValueType::boolean:
      return a.as_bool() == b.as_bool();
    case ValueType::int64:
      return a.as_int() == b.as_int();
    case ValueType::float64:
      return std::bit_cast<std::uint64_t>(a.as_double()) == std::bit_cast<std::uint64_t>(b.as_double());
    case ValueType::array: {
      const auto x = a.items();
      const auto y = b.items();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!(x[i] == y[i])) return false;
      }
      return true;
    }
    case ValueType::map:
      return equal(a.entries(), b.entries());
  }
  return false;
}

bool operator==(const Attribute& a, const Attribute& b) { return a.key == b.key && a.value == b.value; }

bool equal(std::span<const Attribute> a, std::span<const Attribute> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(a[i] == b[i])) return false;
  }
  return true;
}

const AttributeValue* find(std::span<const Attribute> attributes, std::string_view key) {
  for (const auto& attribute : attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

std::string to_text(const AttributeValue& value) {
  std::string out;
  switch (value.type()) {
    case ValueType::string:
      out = value.text();
      break;
    case ValueType::bytes:
      out = to_base64(value.text());
      break;
    case ValueType::float64:
      append_double(out, value.as_double());
      break;
    default:
      append_json(out, value);
      break;
  }
  return out;
}

void append_json(std::string& out, const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::empty:
      out += "null";
      break;
    case ValueType::string:
      append_json_string(out, value.text());
      break;
    case ValueType::bytes:
      out.append("\"").append(to_base64(value.text())).append("\"");
      break;
    case ValueType::boolean:
      out += value.as_bool() ? "true" : "false";
      break;
    case ValueType::int64:
      append_int(out, value.as_int());
      break;
    case ValueType::float64:
      if (std::isfinite(value.as_double())) {
        append_double(out, value.as_double());
      } else {
        out.push_back('"');
        append_double(out, value.as_double());
        out.push_back('"');
      }
      break;
    case ValueType::array: {
      out.push_back('[');
      for (const auto& item : value.items()) {
        if (out.back() != '[') out.push_back(',');
        append_json(out, item);
      }
      out.push_back(']');
      break;
    }
    case ValueType::map: {
      out.push_back('{');
      bool first = true;
      for (const auto& entry : value.entries()) {
        if (!first) out.push_back(',');
        first = false;
        append_json_string(out, entry.key);
        out.push_back(':');
        append_json(out, entry.value);
      }
      out.push_back('}');
      break;
    }
  }
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  out.push_back('"');
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t plain_begin = i;
    while (i < text.size() && is_plain(text[i])) ++i;
    out.append(text.substr(plain_begin, i - plain_begin));
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const std::size_t length = utf8_sequence_length(text.substr(i));
      if (length == 0) {
        out += "\xef\xbf\xbd";
        ++i;
      } else {
        out.append(text.substr(i, length));
        i += length;
      }
      continue;
    }
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out.push_back(digits[c >> 4]);
        out.push_back(digits[c & 15]);
    }
    ++i;
  }
  out.push_back('"');
}

std::string to_base64(std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(k < digits ? alphabet[(group >> (18 - 6 * k)) & 63] : '=');
    }
  }
  return out;
}

}  // namespace filo
