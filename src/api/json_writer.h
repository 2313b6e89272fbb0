// JsonWriter: JSON appended to a string, commas put where they belong. The caller keeps keys and values in order;
// nothing is checked. Not thread-safe; holds nothing but a reference to the string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace filo::api {

class JsonWriter {
 public:
  // Appends one value; what is in `out` already is left alone.
  explicit JsonWriter(std::string& out) : out_(out), begin_(out.size()) {}

  JsonWriter& begin_object() { return separate(), out_.push_back('{'), *this; }
  JsonWriter& end_object() { return out_.push_back('}'), *this; }
  JsonWriter& begin_array() { return separate(), out_.push_back('['), *this; }
  JsonWriter& end_array() { return out_.push_back(']'), *this; }
  // `name` is ours and needs no escapes.
  JsonWriter& key(std::string_view name) {
    separate();
    out_.append("\"").append(name).append("\":");
    return *this;
  }

  JsonWriter& text(std::string_view value);  // any bytes
  JsonWriter& integer(std::int64_t value);   // as a number
  JsonWriter& count(std::uint64_t value);    // as a number
  JsonWriter& decimal(std::int64_t value);   // as a string: may exceed 2^53
  JsonWriter& number(double value);          // "NaN" and "Infinity" as strings
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json) { return separate(), out_.append(json), *this; }

  std::string& out() { return out_; }

 private:
  // No value ends in one of these, so the last byte tells whether something stands before.
  void separate() {
    if (out_.size() == begin_) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_.push_back(',');
  }

  std::string& out_;
  const std::size_t begin_;
};

// Compact JSON with line breaks and four spaces a level, as Go's encoding/json indents.
std::string indented(std::string_view json);

}  // namespace filo::api
