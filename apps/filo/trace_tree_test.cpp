#include "trace_tree.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "terminal_text.h"

namespace filo::app {
namespace {

using std::chrono::milliseconds;

TraceTable shop() {
  TraceTable table;
  table.trace_id = "0af7";
  table.duration = milliseconds(100);
  table.services = {"storefront", "库存服务"};
  table.names = {"GET /cart", "查询库存", "SELECT"};
  TraceTable::Row root;
  root.duration = milliseconds(100);
  TraceTable::Row stock;
  stock.parent = 0;
  stock.service = 1;
  stock.name = 1;
  stock.flags = row_has_error;
  stock.start = milliseconds(10);
  stock.duration = milliseconds(20);
  TraceTable::Row stock_query = stock;
  stock_query.parent = 1;
  stock_query.name = 2;
  stock_query.flags = 0;
  TraceTable::Row query;
  query.parent = 0;
  query.name = 2;
  query.start = milliseconds(50);
  query.duration = milliseconds(50);
  table.rows = {root, stock, stock_query, query};
  return table;
}

TEST(TraceTree, DrawsCallersAndCalls) {
  const TraceTable table = shop();
  TraceTree tree(table, 80, Style::plain);
  EXPECT_NE(tree.head().find("4 spans  2 services  1 errors"), std::string::npos);
  std::vector<std::string> lines;
  for (std::size_t row = 0; row < table.rows.size(); ++row) lines.push_back(tree.line(row));
  EXPECT_TRUE(lines[0].starts_with("storefront  GET /cart "));
  EXPECT_TRUE(lines[1].starts_with("├─库存服务  查询库存 "));
  EXPECT_TRUE(lines[2].starts_with("│ └─SELECT ")) << lines[2];
  EXPECT_TRUE(lines[3].starts_with("└─SELECT ")) << lines[3];
  EXPECT_NE(lines[1].find(" ! "), std::string::npos);
  EXPECT_EQ(lines[2].find(" ! "), std::string::npos);
  for (const auto& line : lines) EXPECT_LE(display_width(line.substr(0, line.size() - 1)), 80U);
}

TEST(TraceTree, KeepsTheColumnsWhateverTheDepth) {
  TraceTable table;
  table.duration = milliseconds(1);
  table.services = {"s"};
  table.names = {"call"};
  table.rows.resize(100'000);
  for (std::size_t row = 0; row < table.rows.size(); ++row) table.rows[row].parent = static_cast<std::int32_t>(row) - 1;
  TraceTree tree(table, 100, Style::plain);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const std::string line = tree.line(row);
    ASSERT_LE(display_width(line.substr(0, line.size() - 1)), 100U) << row;
  }
}

TEST(TraceTree, IndentsDetailsAndKeepsTheLinesOfStackTraces) {
  const TraceTable table = shop();
  TraceTree tree(table, 80, Style::plain);
  const std::string line = tree.line(0, {"exception.stacktrace = Error: no\n    at x.js\n    at y.js", "a = 1"});
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 5);
}

}  // namespace
}  // namespace filo::app
