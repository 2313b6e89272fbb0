#include "api/json_writer.h"

#include <charconv>

#include "model/attribute.h"

namespace filo::api {
namespace {

template <typename T>
void append_number(std::string& out, T value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out.append(buffer, end);
}

// The end of the string that begins at `at`, behind its closing quote.
std::size_t string_end(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at < json.size() ? at + 1 : json.size();
}

}  // namespace

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::count(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::decimal(std::int64_t value) {
  separate();
  out_.push_back('"');
  append_number(out_, value);
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  append_json(out_, AttributeValue::of_double(value));
  return *this;
}

std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  const auto new_line = [&] { out.append("\n").append(4 * depth, ' '); };
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      const std::size_t end = string_end(json, i);
      out.append(json.substr(i, end - i));
      i = end;
      continue;
    }
    ++i;
    if (c == '{' || c == '[') {
      out.push_back(c);
      if (i < json.size() && (json[i] == '}' || json[i] == ']')) {
        out.push_back(json[i++]);
        continue;
      }
      ++depth;
      new_line();
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out.push_back(c);
    } else if (c == ',') {
      out.push_back(c);
      new_line();
    } else if (c == ':') {
      out.append(": ");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace filo::api
