// Is this text? Senders may put any bytes where the protocol says UTF-8; we keep the bytes and mend them only for show.
#pragma once

#include <cstddef>
#include <string_view>

namespace filo {

// Bytes of the well-formed UTF-8 sequence at the front (Unicode 15, table 3-7): 1 to 4, or 0 if there is none.
std::size_t utf8_sequence_length(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace filo
