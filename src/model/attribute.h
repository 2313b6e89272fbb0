// AttributeValue and Attribute: typed values as their sender meant them, never turned into text before they are shown.
// Small, trivially copyable views; what they point to belongs to a SpanBatch's arena.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"

namespace filo {

struct Attribute;

// Four bytes wide, so that an AttributeValue has no padding: compilers then build it in place instead of copying it.
enum class ValueType : std::uint32_t { empty, string, boolean, int64, float64, bytes, array, map };
std::string_view name_of(ValueType type);  // as in the query API: "string", "bool", "int", "double", …

class AttributeValue {
 public:
  AttributeValue() : int_(0) {}
  static AttributeValue of_string(std::string_view text) { return {ValueType::string, text}; }
  static AttributeValue of_bytes(std::string_view bytes) { return {ValueType::bytes, bytes}; }
  static AttributeValue of_bool(bool value) {
    AttributeValue v;
    v.type_ = ValueType::boolean;
    v.int_ = value ? 1 : 0;
    return v;
  }
  static AttributeValue of_int(std::int64_t value) {
    AttributeValue v;
    v.type_ = ValueType::int64;
    v.int_ = value;
    return v;
  }
  static AttributeValue of_double(double value) {
    AttributeValue v;
    v.type_ = ValueType::float64;
    v.double_ = value;
    return v;
  }
  static AttributeValue of_array(std::span<const AttributeValue> items);
  static AttributeValue of_map(std::span<const Attribute> entries);

  ValueType type() const { return type_; }
  // Each is for its own type only; another is a programmer's error.
  std::string_view text() const {
    return DCHECK(type_ == ValueType::string || type_ == ValueType::bytes), std::string_view(text_, size_);
  }
  bool as_bool() const { return DCHECK(type_ == ValueType::boolean), int_ != 0; }
  std::int64_t as_int() const { return DCHECK(type_ == ValueType::int64), int_; }
  double as_double() const { return DCHECK(type_ == ValueType::float64), double_; }
  std::span<const AttributeValue> items() const;
  std::span<const Attribute> entries() const;

 private:
  AttributeValue(ValueType type, std::string_view text)
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())), type_(type) {
    CHECK(text.size() <= UINT32_MAX);
  }

  union {
    const char* text_;
    std::int64_t int_;
    double double_;
    const AttributeValue* items_;
    const Attribute* entries_;
  };
  std::uint32_t size_ = 0;
  ValueType type_ = ValueType::empty;
};
static_assert(sizeof(AttributeValue) == 16);

struct Attribute {
  std::string_view key;
  AttributeValue value;
};

// Equal type and content; doubles by their bits, so that NaN equals itself. Nesting is bounded by the decoders.
bool operator==(const AttributeValue& a, const AttributeValue& b);
bool operator==(const Attribute& a, const Attribute& b);
bool equal(std::span<const Attribute> a, std::span<const Attribute> b);

// The first attribute with that key, or null.
const AttributeValue* find(std::span<const Attribute> attributes, std::string_view key);

// The value as people read and write it: text as it is, numbers in decimal, bytes in base64, arrays and maps as JSON.
// What filters compare text with.
std::string to_text(const AttributeValue& value);
// As to_text, appended; strings inside arrays and maps are JSON-quoted.
void append_json(std::string& out, const AttributeValue& value);
void append_json_string(std::string& out, std::string_view text);  // quoted; invalid UTF-8 becomes U+FFFD
std::string to_base64(std::string_view bytes);

}  // namespace filo
