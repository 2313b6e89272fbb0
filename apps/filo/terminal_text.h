// Text for terminals: widths in columns, with Chinese, Japanese and Korean characters counted as two; nothing that came
// from a span can move the cursor or change colours. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace filo::app {

// Columns that the text takes; control characters and broken UTF-8 count as the one character that replaces them.
std::size_t display_width(std::string_view text);
// Exactly `width` columns: filled up with spaces, or cut with an ellipsis. Control characters become U+00B7.
std::string fit_left(std::string_view text, std::size_t width);
std::string fit_right(std::string_view text, std::size_t width);
// As it is, but for control characters and broken UTF-8.
std::string printable(std::string_view text);

std::string render_duration(Duration duration);  // "1.24ms", "3.50s", "2m05s"; at most 8 columns
std::string render_time(Timestamp time);         // "2026-11-22 18:30:00.123", UTC

}  // namespace filo::app
