// Content codings (RFC 9110 section 8.4.1) of bodies that are whole in memory. What comes out is bounded, so that a
// small body cannot ask for all the memory there is. Plain functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace filo::net {

// `content_encoding` is the header's value: empty, identity, gzip (x-gzip), deflate or zstd. Fails with unsupported for
// any other, too_large when more than `decoded_bytes_max` would come out, invalid_argument when the body is corrupt.
Result<std::string> decode_body(std::string body, std::string_view content_encoding, std::size_t decoded_bytes_max);
std::string gzip_compress(std::string_view body);

}  // namespace filo::net
