#include "telemetry/log.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace filo::log {
namespace {

// A line is one write(2), which is what keeps lines of several threads and processes whole; a value longer than this
// is cut, so that a hostile name cannot fill the log.
constexpr std::size_t value_bytes_max = 4096;

std::atomic<Level> level_now{Level::info};
std::atomic<Format> format_now{Format::text};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
    case Level::off:
      break;
  }
  return "off";
}

void append_time(std::string& out) {
  const std::int64_t ms = SystemClock().now().unix_ns / 1'000'000;
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  char fraction[8];
  std::snprintf(fraction, sizeof(fraction), ".%03dZ", static_cast<int>(ms % 1000));
  out.append(text, length).append(fraction);
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t more = first < 0x80   ? 0
                             : first < 0xc2 ? 4
                             : first < 0xe0 ? 1
                             : first < 0xf0 ? 2
                             : first < 0xf5 ? 3
                                            : 4;
    if (more == 4 || text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    if (more >= 2) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return false;
      if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return false;
    }
    i += more + 1;
  }
  return true;
}

// A JSON string (RFC 8259 section 7); bytes that are not UTF-8 become the code points of the same number.
void append_quoted(std::string& out, std::string_view text) {
  if (text.size() > value_bytes_max) {
    text = text.substr(0, value_bytes_max);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.remove_suffix(1);
  }
  const bool pass_high_bytes = is_utf8(text);
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !pass_high_bytes)) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(byte));
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

bool is_plain(std::string_view text) {
  if (text.empty() || text.size() > value_bytes_max) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

void append_value(std::string& out, const Value& value, Format format) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (format == Format::text && is_plain(*text)) {
      out += *text;
    } else {
      append_quoted(out, *text);
    }
  } else if (const auto* boolean = std::get_if<bool>(&value)) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), *number).ptr;
    const std::string_view shown(digits, static_cast<std::size_t>(end - digits));
    // JSON has no spelling for infinities and NaN.
    if (format == Format::json && !std::isfinite(*number)) {
      append_quoted(out, shown);
    } else {
      out += shown;
    }
  }
}

std::string render(Level level, std::string_view event, Fields fields, Format format) {
  std::string line;
  line.reserve(256);
  if (format == Format::text) {
    append_time(line);
    line.append(" ").append(name_of(level)).append(" ").append(event);
    for (const Field& field : fields) {
      line.append(" ").append(field.key).append("=");
      append_value(line, field.value, format);
    }
  } else {
    line += "{\"time\":\"";
    append_time(line);
    line.append("\",\"level\":\"").append(name_of(level)).append("\",\"event\":");
    append_quoted(line, event);
    for (const Field& field : fields) {
      line += ',';
      append_quoted(line, field.key);
      line += ':';
      append_value(line, field.value, format);
    }
    line += '}';
  }
  line += '\n';
  return line;
}

void write_event(Level level, std::string_view event, Fields fields) {
  if (level < level_now.load(std::memory_order_relaxed)) return;
  const std::string line = render(level, event, fields, format_now.load(std::memory_order_relaxed));
  // A log that cannot be written has nobody to tell; the event is lost.
  while (::write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace

void set_level(Level level) { level_now.store(level, std::memory_order_relaxed); }
void set_format(Format format) { format_now.store(format, std::memory_order_relaxed); }

void debug(std::string_view event, Fields fields) { write_event(Level::debug, event, fields); }
void info(std::string_view event, Fields fields) { write_event(Level::info, event, fields); }
void warning(std::string_view event, Fields fields) { write_event(Level::warning, event, fields); }
void error(std::string_view event, Fields fields) { write_event(Level::error, event, fields); }

bool Every::due(const Clock& clock) {
  const std::int64_t now = clock.steady_now().count();
  std::int64_t next = next_ns_.load(std::memory_order_relaxed);
  return now >= next && next_ns_.compare_exchange_strong(next, now + interval_.count(), std::memory_order_relaxed);
}

}  // namespace filo::log
