// Lower-case hexadecimal, the way ids are written for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace filo {

std::string to_hex(std::string_view bytes);
// Exactly 16 digits.
std::string to_hex(std::uint64_t value);
void append_hex(std::string& out, std::uint64_t value);
// 1 to 16 digits of either case, most significant first; nothing else.
std::optional<std::uint64_t> parse_hex64(std::string_view text);
// An even number of digits.
std::optional<std::string> bytes_from_hex(std::string_view text);

}  // namespace filo
