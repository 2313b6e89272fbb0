#include "base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace filo {
namespace {

#if !defined(__SSE4_2__)
constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? 0x82f63b78U : 0U);
    table[i] = c;
  }
  return table;
}
constexpr auto table = make_table();
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
#if defined(__SSE4_2__)
  std::uint64_t c = ~crc;
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    c = _mm_crc32_u64(c, word);
  }
  for (; left > 0; --left, ++p) c = _mm_crc32_u8(static_cast<std::uint32_t>(c), static_cast<unsigned char>(*p));
  return ~static_cast<std::uint32_t>(c);
#else
  std::uint32_t c = ~crc;
  for (; left > 0; --left, ++p) c = table[(c ^ static_cast<unsigned char>(*p)) & 0xff] ^ (c >> 8);
  return ~c;
#endif
}

}  // namespace filo
