// What nghttp2 calls: each finds the stream and passes on to Http2Session. Private to src/net.
#pragma once

struct nghttp2_session_callbacks;

namespace filo::net {

void set_http2_callbacks(nghttp2_session_callbacks* callbacks);

}  // namespace filo::net
