#include "parts/shape_table.h"

#include "base/hash.h"
#include "base/short_text.h"

namespace filo::parts {

std::uint32_t ShapeTable::find(std::span<const Attribute> attributes, std::uint32_t hint) {
  // Lengths of keys tell most shapes of one operation apart, and cost no look at the keys.
  std::uint64_t likeness = hint * 257ULL + attributes.size();
  for (const auto& attribute : attributes) likeness = likeness * 31 + attribute.key.size();
  auto& guess = guesses_[mix64(likeness) % guesses_.size()];
  if (!has_shape(attributes, guess)) guess = find_slowly(attributes);
  return guess;
}

bool ShapeTable::has_shape(std::span<const Attribute> attributes, std::uint32_t number) const {
  if (number == 0) return false;
  const auto& columns = shapes_[number].columns;
  if (columns.size() != attributes.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnEntry& column = columns_[columns[i]];
    if (column.type != attributes[i].value.type() || !equal_short(column.key, attributes[i].key)) return false;
  }
  return true;
}

std::uint32_t ShapeTable::find_slowly(std::span<const Attribute> attributes) {
  if (attributes.size() > limits_.attributes_max) return 0;
  std::vector<std::uint32_t> columns;
  columns.reserve(attributes.size());
  for (const auto& attribute : attributes) {
    columns.push_back(find_column(attribute));
    if (columns.back() == 0) return 0;
  }
  const auto found = numbers_.find(columns);
  if (found != numbers_.end()) return found->second;
  if (shapes_.size() > limits_.shapes_max) return 0;
  const auto number = static_cast<std::uint32_t>(shapes_.size());
  shapes_.push_back(Shape{columns});
  numbers_.emplace(std::move(columns), number);
  return number;
}

std::uint32_t ShapeTable::find_column(const Attribute& attribute) {
  if (attribute.key.size() > limits_.key_bytes_max) return 0;
  std::string name(1, static_cast<char>(attribute.value.type()));
  name += attribute.key;
  const auto found = column_of_.find(name);
  if (found != column_of_.end()) return found->second;
  if (columns_.size() - fixed_columns >= limits_.columns_max) return 0;
  const auto column = static_cast<std::uint32_t>(columns_.size());
  ColumnEntry entry;
  entry.key = attribute.key;
  entry.type = attribute.value.type();
  columns_.push_back(std::move(entry));
  column_of_.emplace(std::move(name), column);
  return column;
}

}  // namespace filo::parts
