// The header section of an HTTP/1.x message (RFC 9112), parsed by Boost.Beast and then held to stricter rules: what two
// parsers could understand differently is refused. Private to src/net.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace filo::net {

struct BodyFraming {
  std::optional<std::uint64_t> untrusted_content_length;
  bool is_chunked = false;
  bool keep_alive = false;
};

struct Http1RequestHead {
  Request request;
  BodyFraming framing;
  int minor_version = 1;
  bool expects_continue = false;
};

struct Http1ResponseHead {
  int status = 0;
  Headers headers;
  BodyFraming framing;
};

// `header` ends with the empty line. Error messages are short, for the one who sent it.
Result<Http1RequestHead> parse_request_head(std::string_view header);
Result<Http1ResponseHead> parse_response_head(std::string_view header);

}  // namespace filo::net
