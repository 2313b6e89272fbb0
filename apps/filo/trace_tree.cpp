#include "trace_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "terminal_text.h"

namespace filo::app {
namespace {

constexpr std::size_t number_width = 8;
constexpr std::uint32_t guides_max = 24;  // deeper levels are numbered instead of drawn

constexpr std::string_view red = "\033[31m";
constexpr std::string_view dim = "\033[2m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view normal = "\033[0m";

}  // namespace

TraceTree::TraceTree(const TraceTable& table, std::size_t width, Style style)
    : table_(table), style_(style), depths_(table.rows.size()), has_next_(table.rows.size()) {
  // Offset, duration, mark and the gaps between them take a fixed part; the bar gets a third of the rest.
  const std::size_t fixed = 2 * number_width + 7;
  const std::size_t rest = std::max<std::size_t>(width, fixed + 30) - fixed;
  bar_width_ = rest / 3;
  name_width_ = rest - bar_width_;
  std::vector<std::int64_t> last_child(table.rows.size() + 1, -1);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const std::int32_t parent = table.rows[row].parent;
    if (parent >= 0) depths_[row] = depths_[static_cast<std::size_t>(parent)] + 1;
    auto& previous = last_child[static_cast<std::size_t>(std::int64_t{parent} + 1)];
    if (previous >= 0) has_next_[static_cast<std::size_t>(previous)] = true;
    previous = static_cast<std::int64_t>(row);
  }
}

std::string TraceTree::head() const {
  std::uint64_t errors = 0;
  for (const auto& row : table_.rows) errors += (row.flags & row_has_error) != 0 ? 1 : 0;
  std::string out =
      fmt::format("trace {}  {} UTC  {}  {} spans  {} services", printable(table_.trace_id), render_time(table_.start),
                  render_duration(table_.duration), table_.rows.size(), table_.services.size());
  if (errors > 0) {
    const bool is_colored = style_ == Style::colored;
    out += fmt::format("  {}{} errors{}", is_colored ? red : "", errors, is_colored ? normal : "");
  }
  return out + fmt::format("\n\n{}  {}  {}\n", fit_left("SERVICE  OPERATION", name_width_),
                           fit_right("OFFSET", number_width), fit_right("DURATION", number_width));
}

std::string TraceTree::guides(std::size_t row) {
  const std::uint32_t depth = depths_[row];
  open_.resize(depth + std::size_t{1});
  open_[depth] = has_next_[row];
  if (depth == 0) return {};
  std::string out;
  if (depth > guides_max) out = fmt::format("[{}] ", depth);
  const std::uint32_t from = depth > guides_max ? depth - 8 : 1;
  for (std::uint32_t level = from; level < depth; ++level) out += open_[level] ? "│ " : "  ";
  return out + (has_next_[row] ? "├─" : "└─");
}

std::string TraceTree::bar(const TraceTable::Row& row) const {
  const auto total = static_cast<double>(std::max<std::int64_t>(table_.duration.count(), 1));
  const auto width = static_cast<double>(bar_width_);
  const auto column = [&](Duration at) {
    return static_cast<std::size_t>(std::clamp(static_cast<double>(at.count()) / total * width, 0.0, width));
  };
  const std::size_t from = std::min(column(row.start), bar_width_ - 1);
  const std::size_t to = std::clamp(column(row.start + row.duration), from + 1, bar_width_);
  std::string out(from, ' ');
  for (std::size_t i = from; i < to; ++i) out += "━";
  return out;
}

std::string TraceTree::line(std::size_t row_number, const std::vector<std::string>& details) {
  const auto& row = table_.rows[row_number];
  const bool is_colored = style_ == Style::colored;
  const bool is_error = (row.flags & row_has_error) != 0;
  const std::string lines = guides(row_number);
  // A span says its service where that changes.
  const bool is_same_service =
      row.parent >= 0 && table_.rows[static_cast<std::size_t>(row.parent)].service == row.service;
  const std::string& service = table_.services[row.service];
  const std::string& name = table_.names[row.name];
  const std::size_t guides_width = std::min(display_width(lines), name_width_ - 1);
  const std::size_t text_width = name_width_ - guides_width;
  const std::string orphan = (row.flags & row_is_orphan) != 0 ? "(parent missing) " : "";
  std::string text = fit_left(orphan + (is_same_service ? "" : service + "  ") + name, text_width);
  if (is_colored && !is_same_service) text = std::string(bold) + text + std::string(normal);

  std::string out = is_colored ? std::string(dim) + lines + std::string(normal) : lines;
  out += text;
  out += "  " + fit_right(render_duration(row.start), number_width);
  out += "  " + fit_right(render_duration(row.duration), number_width);
  const std::string_view mark = is_error ? " ! " : "   ";
  if (is_colored && is_error) {
    out += std::string(red) + std::string(mark) + bar(row) + std::string(normal);
  } else {
    out += std::string(mark) + bar(row);
  }
  out += '\n';
  const std::string indent(std::min<std::size_t>(guides_width + 4, 40), ' ');
  for (const auto& detail : details) {
    // Stack traces keep their lines.
    std::size_t begin = 0;
    while (begin <= detail.size()) {
      const std::size_t end = std::min(detail.find('\n', begin), detail.size());
      if (begin == 0 || end > begin) {
        out +=
            indent + (begin > 0 ? "    " : "") + printable(std::string_view(detail).substr(begin, end - begin)) + '\n';
      }
      begin = end + 1;
    }
  }
  return out;
}

std::string TraceTree::foot() const {
  std::string out;
  if (!table_.complete) out += "NOT COMPLETE:\n";
  for (const auto& warning : table_.warnings) out += "  " + printable(warning) + "\n";
  return out;
}

}  // namespace filo::app
