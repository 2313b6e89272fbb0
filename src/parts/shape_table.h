// ShapeTable: which columns the attributes of a span go to. While a part is written it gives equal lists of keys and
// types one number, and new keys new columns, up to its limits. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/span.h"
#include "parts/layout.h"

namespace filo::parts {

struct ShapeLimits {
  std::size_t shapes_max = 4096;
  std::size_t columns_max = 1024;    // of attributes
  std::size_t attributes_max = 256;  // of one shape
  std::size_t key_bytes_max = 1024;  // of a key with a column of its own
};

class ShapeTable {
 public:
  explicit ShapeTable(ShapeLimits limits) : limits_(limits), shapes_(1) { columns_.resize(fixed_columns); }

  // The number of the shape; 0 when the limits leave none. `hint` is equal for spans that probably look alike.
  std::uint32_t find(std::span<const Attribute> attributes, std::uint32_t hint);

  const Shape& shape(std::uint32_t number) const { return shapes_[number]; }
  // Keys and types; grows when find() meets new ones.
  const std::vector<ColumnEntry>& columns() const { return columns_; }
  std::vector<ColumnEntry>& columns() { return columns_; }
  std::vector<Shape> take_shapes() { return std::move(shapes_); }

 private:
  bool has_shape(std::span<const Attribute> attributes, std::uint32_t number) const;
  std::uint32_t find_slowly(std::span<const Attribute> attributes);
  std::uint32_t find_column(const Attribute& attribute);  // 0 when there is no room for another

  ShapeLimits limits_;
  std::vector<Shape> shapes_;
  std::vector<ColumnEntry> columns_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers_;
  std::unordered_map<std::string, std::uint32_t> column_of_;  // by type and key
  std::array<std::uint32_t, 1024> guesses_{};                 // by hint and lengths of keys
};

}  // namespace filo::parts
