// Base64 (RFC 4648) as HTTP/2 and gRPC use it: both alphabets in, without padding out. Private to src/net.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace filo::net {

std::string base64_encode(std::string_view bytes);
// Padding is optional; anything else outside the two alphabets is a failure.
std::optional<std::string> base64_decode(std::string_view untrusted);

}  // namespace filo::net
