// CRC-32C (Castagnoli, RFC 3720 appendix B.4): guards every stored byte.
#pragma once

#include <cstdint>
#include <string_view>

namespace filo {

// Continues from `crc`, so that pieces can be checked as if they were one.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace filo
