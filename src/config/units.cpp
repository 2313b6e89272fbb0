// Durations, sizes and near misses: the text forms of configuration values.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "config/config_node.h"

namespace filo::config {
namespace {

using std::string_view;

constexpr std::array<std::pair<string_view, std::int64_t>, 8> duration_units{{{"h", 3'600'000'000'000},
                                                                              {"m", 60'000'000'000},
                                                                              {"s", 1'000'000'000},
                                                                              {"ms", 1'000'000},
                                                                              {"us", 1'000},
                                                                              {"µs", 1'000},
                                                                              {"ns", 1},
                                                                              {"d", 86'400'000'000'000}}};
constexpr std::array<std::pair<string_view, double>, 10> byte_units{{{"", 1.0},
                                                                     {"B", 1.0},
                                                                     {"KiB", 1024.0},
                                                                     {"MiB", 1048576.0},
                                                                     {"GiB", 1073741824.0},
                                                                     {"TiB", 1099511627776.0},
                                                                     {"KB", 1e3},
                                                                     {"MB", 1e6},
                                                                     {"GB", 1e9},
                                                                     {"TB", 1e12}}};

// Takes a non-negative number off the front.
std::optional<double> take_number(string_view& text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (result.ec != std::errc() || value < 0 || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return value;
}

string_view take_letters(string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && (text[n] < '0' || text[n] > '9') && text[n] != '.') ++n;
  const string_view letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

std::string trimmed(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  return std::string(buffer, end);
}

}  // namespace

std::optional<Duration> parse_duration(string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const string_view unit = take_letters(text);
    const auto found =
        std::find_if(duration_units.begin(), duration_units.end(), [&](auto& u) { return u.first == unit; });
    if (found == duration_units.end()) return std::nullopt;
    total += *number * static_cast<double>(found->second);
  }
  if (total > 9.2e18) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::llround(total)));
}

std::optional<std::uint64_t> parse_bytes(string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto found = std::find_if(byte_units.begin(), byte_units.end(), [&](auto& u) { return u.first == text; });
  if (found == byte_units.end()) return std::nullopt;
  const double bytes = *number * found->second;
  if (bytes > 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(bytes));
}

std::string duration_text(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns == 0) return "0s";
  for (const auto& [unit, size] : {std::pair<string_view, std::int64_t>{"d", 86'400'000'000'000},
                                   {"h", 3'600'000'000'000},
                                   {"m", 60'000'000'000},
                                   {"s", 1'000'000'000},
                                   {"ms", 1'000'000},
                                   {"us", 1'000}}) {
    if (ns % size == 0) return std::to_string(ns / size) + std::string(unit);
  }
  return std::to_string(ns) + "ns";
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return trimmed(std::round(value * 100) / 100) + std::string(units[unit]);
}

std::optional<std::string> nearest(string_view word, const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const auto& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t k = 1; k <= candidate.size(); ++k) {
        const std::size_t substituted = diagonal + (word[i - 1] == candidate[k - 1] ? 0 : 1);
        diagonal = row[k];
        row[k] = std::min({row[k] + 1, row[k - 1] + 1, substituted});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace filo::config
