// TraceTree: one trace as lines for a terminal: who called whom, when, how long, with a bar on a common time axis.
// Any number of spans and any depth; what it holds beside the table is a few words a level.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query_client.h"

namespace filo::app {

enum class Style : std::uint8_t { plain, colored };

class TraceTree {
 public:
  TraceTree(const TraceTable& table, std::size_t width, Style style);

  std::string head() const;
  // Rows in order, each once. `details` are printed below, indented.
  std::string line(std::size_t row, const std::vector<std::string>& details = {});
  std::string foot() const;

 private:
  std::string guides(std::size_t row);
  std::string bar(const TraceTable::Row& row) const;

  const TraceTable& table_;
  const Style style_;
  std::size_t name_width_;
  std::size_t bar_width_;
  std::vector<std::uint32_t> depths_;
  std::vector<bool> has_next_;  // by row: a later sibling
  std::vector<bool> open_;      // by depth: the line of this ancestor goes on below
};

}  // namespace filo::app
