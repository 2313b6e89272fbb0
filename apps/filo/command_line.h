// What several subcommands read from their command lines in the same way. An argument that makes no sense ends the
// command with exit code 2 and a sentence.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/client.h"

namespace filo::app {

// Prints "filo COMMAND: message" and returns the exit code for wrong usage.
int wrong_usage(std::string_view command, std::string_view message);
int failed(std::string_view command, std::string_view message);

Result<Duration> read_duration(std::string_view option, std::string_view text);
// "1h" (ago), RFC 3339 with or without a zone (UTC then), a date, or unix nanoseconds.
Result<Timestamp> read_time(std::string_view option, std::string_view text, Timestamp now);

enum class Color : std::uint8_t { automatic, always, never };
std::optional<Color> parse_color(std::string_view text);
// Automatic: when standard output is a terminal.
bool wants_color(Color color);
// Columns of the terminal on standard output; 120 when it is none.
std::size_t terminal_width();

}  // namespace filo::app
