// Names in the store's directory: parts/YYYYMMDD/HH/<number>.part. Pure functions. What does not parse is not ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace filo::backends {

// Whole hours since 1970 (UTC).
using Hour = std::int64_t;

Hour hour_of(Timestamp time);
Timestamp start_of(Hour hour);

std::string directory_of(Hour hour);  // "20260131/07"
std::optional<Hour> parse_directory(std::string_view day, std::string_view hour);

enum class PartState { published, temporary, bad };
struct PartName {
  std::uint64_t number = 0;
  PartState state = PartState::published;
};
std::string name_of_part(std::uint64_t number);  // "000000000000002a.part"
std::optional<PartName> parse_part_name(std::string_view name);

}  // namespace filo::backends
