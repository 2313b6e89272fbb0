// Http2Session, the answer's side: from an exchange to frames.
#include <nghttp2/nghttp2.h>

#include <algorithm>

#include "net/http2_session.h"

namespace filo::net {
namespace {

constexpr std::size_t pending_bytes_max = 256U << 10;  // of one stream, beyond its exchange

bool is_connection_header(std::string_view name) {
  return name == "connection" || name == "transfer-encoding" || name == "keep-alive" || name == "upgrade";
}

// Header fields in nghttp2's form; views of strings that outlive it.
class Fields {
 public:
  void add(std::string_view name, std::string_view value) {
    if (is_connection_header(name)) return;
    // A line break would make other headers of it behind a proxy that speaks HTTP/1.
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return;
    const auto bytes = [](std::string_view text) {
      return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    fields_.push_back(nghttp2_nv{bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  void add(const Headers& headers) {
    for (const auto& [name, value] : headers.entries()) add(name, value);
  }
  const nghttp2_nv* data() const { return fields_.data(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<nghttp2_nv> fields_;
};

}  // namespace

// Where nghttp2 asks for DATA when the windows have room; send_data in Http2Callbacks then moves the bytes.
struct Http2AnswerSource {
  static ssize_t read(nghttp2_session* session, std::int32_t, std::uint8_t*, std::size_t length, std::uint32_t* flags,
                      nghttp2_data_source* source, void* user_data) {
    auto& stream = *static_cast<Http2Stream*>(source->ptr);
    static_cast<Http2Session*>(user_data)->take_from_exchange(stream);
    if (stream.pending_bytes == 0 && stream.end == Exchange::End::open) {
      stream.is_waiting = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    if (stream.pending_bytes == 0 && stream.end == Exchange::End::abandoned) {
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    const std::size_t size = std::min(length, stream.pending_bytes);
    if (size == stream.pending_bytes && stream.end == Exchange::End::finished) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!stream.trailers.entries().empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        Fields fields;
        fields.add(stream.trailers);
        nghttp2_submit_trailer(session, stream.id, fields.data(), fields.size());
      }
    }
    if (size > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return static_cast<ssize_t>(size);
  }
};

void Http2Session::take_from_exchange(Http2Stream& stream) {
  if (stream.end != Exchange::End::open || stream.pending_bytes >= pending_bytes_max) return;
  Exchange::Progress progress = stream.exchange->take(pending_bytes_max);
  if (progress.head) stream.head = std::move(progress.head);
  if (stream.pending_bytes == 0) stream.progressed = context_.clock.steady_now();
  for (Chunk& chunk : progress.chunks) {
    stream.pending_bytes += chunk.bytes.size();
    stream.pending.push_back(std::move(chunk));
  }
  stream.end = progress.end;
  stream.trailers = std::move(progress.trailers);
}

void Http2Session::advance(Http2Stream& stream) {
  take_from_exchange(stream);
  if (!stream.head_submitted) {
    if (!stream.head && stream.end == Exchange::End::abandoned) {
      constexpr std::string_view text = "the server gave no answer\n";
      stream.head = AnswerHead{500, {}, text.size()};
      stream.pending.push_back(Chunk{nullptr, text});
      stream.pending_bytes = text.size();
      stream.end = Exchange::End::finished;
    }
    if (stream.head) submit_head(stream);
  } else if (stream.is_waiting && (stream.pending_bytes > 0 || stream.end != Exchange::End::open)) {
    stream.is_waiting = false;
    nghttp2_session_resume_data(session_, stream.id);
  }
}

void Http2Session::submit_head(Http2Stream& stream) {
  stream.head_submitted = true;
  const AnswerHead& head = *stream.head;
  const std::string status = std::to_string(head.status);
  const bool never_has_body = stream.is_head || head.status == 204 || head.status == 304;
  const bool has_body = !never_has_body && (stream.pending_bytes > 0 || stream.end != Exchange::End::finished);
  std::string length;
  Fields fields;
  fields.add(":status", status);
  fields.add(head.headers);
  fields.add(stream.answer_headers);
  if (head.content_length && head.status != 204 && head.status != 304) {
    length = std::to_string(*head.content_length);
    fields.add("content-length", length);
  }
  // Trailers-Only: a gRPC answer without messages is one header block.
  if (!has_body) fields.add(stream.trailers);
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = &Http2AnswerSource::read;
  if (!has_body) {
    stream.pending.clear();
    stream.pending_bytes = 0;
    if (stream.end == Exchange::End::open) stream.exchange->close();
  }
  if (nghttp2_submit_response(session_, stream.id, fields.data(), fields.size(), has_body ? &provider : nullptr) != 0) {
    failed_ = true;
  }
}

}  // namespace filo::net
