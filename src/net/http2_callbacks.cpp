#include "net/http2_callbacks.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

#include "net/http2_session.h"

namespace filo::net {
namespace {

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct Http2Callbacks {
  static Http2Session& self(void* user_data) { return *static_cast<Http2Session*>(user_data); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) self(user_data).open_stream(frame->hd.stream_id);
    return 0;
  }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data) {
    Http2Session& session = self(user_data);
    Http2Stream* stream = session.find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    // As RFC 9113 section 6.5.2 counts. Past the limit nothing is kept; far past it the connection ends, because an
    // HPACK index of one byte can stand for kilobytes.
    stream->header_bytes += name_size + value_size + 32;
    const std::size_t limit = session.context_.config.header_bytes_max;
    if (stream->header_bytes > limit * 16) return NGHTTP2_ERR_CALLBACK_FAILURE;
    const bool is_trailer = frame->headers.cat != NGHTTP2_HCAT_REQUEST;
    if (stream->header_bytes <= limit && !is_trailer) {
      session.add_header(*stream, view(name, name_size), view(value, value_size));
    }
    return 0;
  }

  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Http2Session& session = self(user_data);
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    Http2Stream* stream = session.find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && !stream->header_whole) {
      stream->header_whole = true;
      session.header_complete(*stream);
    }
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 && !std::exchange(stream->ended, true) && !stream->discards) {
      session.request_complete(*stream);
    }
    return 0;
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t stream_id, const std::uint8_t* bytes, std::size_t size,
                  void* user_data) {
    Http2Session& session = self(user_data);
    Http2Stream* stream = session.find(stream_id);
    if (stream != nullptr && !stream->discards) session.receive_data(*stream, view(bytes, size));
    return 0;
  }

  static int stream_closed(nghttp2_session*, std::int32_t stream_id, std::uint32_t, void* user_data) {
    Http2Session& session = self(user_data);
    if (Http2Stream* stream = session.find(stream_id)) {
      stream->exchange->close();
      session.streams_.erase(stream_id);
    }
    return 0;
  }

  // The answer is out before the request is in: the client need not send the rest (RFC 9113 section 8.1).
  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    const Http2Stream* stream = self(user_data).find(frame->hd.stream_id);
    if (stream != nullptr && !stream->ended) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
    }
    return 0;
  }

  static int send_data(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* frame_header, std::size_t size,
                       nghttp2_data_source*, void* user_data) {
    Http2Session& session = self(user_data);
    Http2Stream* stream = session.find(frame->hd.stream_id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    session.output_.append(view(frame_header, 9));
    stream->pending_bytes -= size;
    stream->progressed = session.context_.clock.steady_now();
    while (size > 0) {
      Chunk& first = stream->pending.front();
      const std::size_t piece = std::min(size, first.bytes.size());
      session.output_.append(Chunk{first.owner, first.bytes.substr(0, piece)});
      first.bytes.remove_prefix(piece);
      size -= piece;
      if (first.bytes.empty()) stream->pending.pop_front();
    }
    return 0;
  }

  static ssize_t read_length(nghttp2_session*, std::uint8_t, std::int32_t, std::int32_t connection_window,
                             std::int32_t stream_window, std::uint32_t frame_bytes_max, void*) {
    return std::min<std::int64_t>({connection_window, stream_window, frame_bytes_max});
  }
};

void set_http2_callbacks(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Http2Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Http2Callbacks::header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Http2Callbacks::frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Http2Callbacks::data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Http2Callbacks::stream_closed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, &Http2Callbacks::frame_sent);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, &Http2Callbacks::send_data);
  nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, &Http2Callbacks::read_length);
}

}  // namespace filo::net
