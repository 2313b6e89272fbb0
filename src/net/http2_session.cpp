#include "net/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <array>

#include "base/check.h"
#include "net/http2_callbacks.h"

namespace filo::net {
namespace {

constexpr std::uint32_t streams_max = 256;
constexpr std::uint32_t stream_window_bytes = 4U << 20;
constexpr std::int32_t connection_window_bytes = 16 << 20;
constexpr std::uint32_t frame_bytes_max = 1U << 20;
// Control frames that the peer makes us queue, and header blocks cut into small frames (CVE-2019-9512, CVE-2024-28182).
constexpr std::size_t acknowledgements_max = 256;
// nghttp2 counts reads of a CONTINUATION's frame header, which takes up to nine when bytes arrive one by one.
constexpr std::size_t continuations_max = 64;
constexpr std::size_t settings_max = 32;
// Streams that the peer opens and resets at once (CVE-2023-44487): a burst, then so many a second.
constexpr std::uint64_t resets_burst = 500;
constexpr std::uint64_t resets_per_second = 50;

nghttp2_session* new_session(Http2Session* owner) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  nghttp2_session* session = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0);
  set_http2_callbacks(callbacks);
  nghttp2_option_set_max_outbound_ack(option, acknowledgements_max);
  nghttp2_option_set_max_continuations(option, continuations_max);
  nghttp2_option_set_max_settings(option, settings_max);
  nghttp2_option_set_stream_reset_rate_limit(option, resets_burst, resets_per_second);
  nghttp2_option_set_no_closed_streams(option, 1);
  CHECK(nghttp2_session_server_new2(&session, callbacks, owner, option) == 0);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  return session;
}

}  // namespace

Http2Session::Http2Session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox, SendQueue output)
    : context_(context),
      mailbox_(std::move(mailbox)),
      output_(std::move(output)),
      session_(new_session(this)),
      active_at_(context.clock.steady_now()) {
  const std::array<nghttp2_settings_entry, 4> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams_max},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window_bytes},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, frame_bytes_max},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(context.config.header_bytes_max)},
  }};
  failed_ = nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0 ||
            nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window_bytes) != 0;
}

Http2Session::~Http2Session() {
  for (auto& [id, stream] : streams_) stream->exchange->close();
  nghttp2_session_del(session_);
}

void Http2Session::upgrade(Request request, std::string_view settings) {
  const int is_head = request.method == "HEAD" ? 1 : 0;
  const auto* payload = reinterpret_cast<const std::uint8_t*>(settings.data());
  if (nghttp2_session_upgrade2(session_, payload, settings.size(), is_head, nullptr) != 0) {
    failed_ = true;
    return;
  }
  Http2Stream& stream = open_stream(1);
  stream.request = std::move(request);
  stream.is_head = is_head != 0;
  stream.header_whole = true;
  stream.answer_headers = cors_headers(context_.routes, stream.request);
  request_complete(stream);
  send();
}

void Http2Session::receive(std::string_view untrusted) {
  if (failed_) return;
  active_at_ = context_.clock.steady_now();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(untrusted.data());
  // Below zero: not HTTP/2 at all, or one of the floods above. nghttp2 has then queued no answer worth sending.
  if (nghttp2_session_mem_recv(session_, bytes, untrusted.size()) < 0) {
    context_.metrics.requests_malformed.add();
    nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
    send();
    failed_ = true;
    return;
  }
  send();
}

void Http2Session::end_of_input() { failed_ = true; }

bool Http2Session::wants_input() const {
  return !is_finished() && output_.bytes() < context_.config.stream_buffer_bytes_max;
}

bool Http2Session::is_finished() const {
  if (failed_) return true;
  if (shutting_down_ && streams_.empty()) return true;
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

std::size_t Http2Session::body_bytes_held() const {
  std::size_t held = 0;
  for (const auto& [id, stream] : streams_) held += stream->share.bytes();
  return held;
}

void Http2Session::progress(std::uint64_t exchange_id) {
  if (failed_) return;
  if (exchange_id != 0) {
    if (Http2Stream* stream = find(static_cast<std::int32_t>(exchange_id))) advance(*stream);
  }
  send();
}

void Http2Session::tick(Duration now) {
  if (failed_) return;
  if (!streams_.empty()) active_at_ = now;
  for (auto& [id, stream] : streams_) {
    const Duration still = now - stream->progressed;
    const bool is_stream_call = stream->method != nullptr && stream->method->stream;
    const Duration limit = is_stream_call ? context_.config.idle_timeout : context_.config.request_timeout;
    const bool waits_for_client = (!stream->ended && !stream->discards) || stream->pending_bytes > 0;
    if (waits_for_client && still > limit) {
      context_.metrics.requests_timed_out.add();
      reset(*stream, NGHTTP2_CANCEL);
    } else if (stream->call.deadline.expired() && !stream->head_submitted && !stream->discards) {
      context_.metrics.requests_timed_out.add();
      stream->exchange->close();
      stream->head = AnswerHead{200, grpc_answer_headers(), std::nullopt};
      stream->trailers = trailers_of({GrpcCode::deadline_exceeded, "the call's deadline has passed", {}});
      stream->end = Exchange::End::finished;
      stream->discards = true;
      advance(*stream);
    }
  }
  if (streams_.empty() && now - active_at_ > context_.config.idle_timeout) shut_down();
  send();
}

void Http2Session::shut_down() {
  if (std::exchange(shutting_down_, true)) return;
  const std::int32_t last = nghttp2_session_get_last_proc_stream_id(session_);
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
  send();
}

void Http2Session::reset(Http2Stream& stream, std::uint32_t error_code) {
  stream.discards = true;
  stream.share.clear();
  stream.exchange->close();
  stream.pending.clear();
  stream.pending_bytes = 0;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, error_code);
}

Http2Stream* Http2Session::find(std::int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

Http2Stream& Http2Session::open_stream(std::int32_t id) {
  auto& slot = streams_[id];
  slot = std::make_unique<Http2Stream>(id, context_, mailbox_);
  return *slot;
}

void Http2Session::send() {
  while (!failed_ && output_.bytes() < context_.config.stream_buffer_bytes_max) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size < 0) failed_ = true;
    if (size <= 0) return;
    output_.append(std::string_view(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
  }
}

}  // namespace filo::net
