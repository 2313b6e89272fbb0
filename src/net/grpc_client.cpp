#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "net/client.h"
#include "net/client_socket.h"
#include "net/grpc_wire.h"

namespace filo::net {
namespace {

constexpr std::size_t reply_message_bytes_max = 64U << 20;
constexpr std::size_t reply_messages_max = 1U << 20;
constexpr std::int32_t window_bytes = 16 << 20;

// One call's state while nghttp2 works on it.
struct Call {
  std::int32_t stream = -1;
  std::string request;
  std::size_t sent = 0;
  GrpcInput input{"gzip", reply_message_bytes_max};
  GrpcReply reply;
  Headers headers;
  std::optional<GrpcStatus> failure;
  bool closed = false;
  std::uint32_t close_code = 0;
};

class Http2Client final : public GrpcClient {
 public:
  Http2Client(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}
  ~Http2Client() override { disconnect(); }

  Result<GrpcReply> call(std::string_view path, const Headers& metadata, const std::vector<std::string_view>& messages,
                         Deadline deadline) override {
    Call call;
    for (const std::string_view message : messages) call.request += frame_message(message);
    if (auto ready = connect(deadline); !ready) return ready.error();
    call_ = &call;
    auto done = submit(path, metadata, deadline);
    while (done && !call.closed) done = exchange(deadline);
    call_ = nullptr;
    if (!done || nghttp2_session_want_read(session_) == 0) disconnect();
    if (!done) return done.error();
    return reply_of(std::move(call));
  }

 private:
  Result<void> connect(const Deadline& deadline);
  void disconnect();
  Result<void> submit(std::string_view path, const Headers& metadata, const Deadline& deadline);
  Result<void> exchange(const Deadline& deadline);
  Result<void> send_all(const Deadline& deadline);
  Result<GrpcReply> reply_of(Call call) const;

  static Call* call_of(void* user_data, std::int32_t stream) {
    Call* call = static_cast<Http2Client*>(user_data)->call_;
    return call != nullptr && call->stream == stream ? call : nullptr;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data);
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes, std::size_t size,
                     void* user_data);
  static int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user_data);
  static ssize_t read_request(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room, std::uint32_t* flags,
                              nghttp2_data_source* source, void*);

  const std::string host_;
  const std::uint16_t port_;
  ClientSocket socket_;
  nghttp2_session* session_ = nullptr;
  Call* call_ = nullptr;
  std::string output_;
  std::vector<char> buffer_ = std::vector<char>(64U << 10);
};

int Http2Client::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                           std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                           void* user_data) {
  constexpr std::size_t headers_max = 256;
  Call* call = call_of(user_data, frame->hd.stream_id);
  if (call == nullptr) return 0;
  if (call->headers.entries().size() >= headers_max) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  call->headers.add(std::string(reinterpret_cast<const char*>(name), name_size),
                    std::string(reinterpret_cast<const char*>(value), value_size));
  return 0;
}

int Http2Client::on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                         std::size_t size, void* user_data) {
  Call* call = call_of(user_data, stream);
  if (call == nullptr || call->failure) return 0;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  while (!rest.empty()) {
    const GrpcInput::Step step = call->input.next(rest);
    if (step == GrpcInput::Step::failed) call->failure = call->input.failure();
    if (step != GrpcInput::Step::message) break;
    if (call->reply.messages.size() >= reply_messages_max) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    call->reply.messages.push_back(call->input.take_message());
  }
  return 0;
}

int Http2Client::on_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user_data) {
  if (Call* call = call_of(user_data, stream)) {
    call->closed = true;
    call->close_code = code;
  }
  return 0;
}

ssize_t Http2Client::read_request(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room,
                                  std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& call = *static_cast<Call*>(source->ptr);
  const std::size_t size = std::min(room, call.request.size() - call.sent);
  std::copy_n(call.request.data() + call.sent, size, to);
  call.sent += size;
  if (call.sent == call.request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

Result<void> Http2Client::connect(const Deadline& deadline) {
  if (session_ != nullptr) return {};
  if (auto connected = socket_.connect(host_, port_, deadline); !connected) return connected;
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &on_close);
  CHECK(nghttp2_session_client_new(&session_, callbacks, this) == 0);
  nghttp2_session_callbacks_del(callbacks);
  const std::array<nghttp2_settings_entry, 2> settings{
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window_bytes}}};
  CHECK(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  CHECK(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, window_bytes) == 0);
  return {};
}

void Http2Client::disconnect() {
  if (session_ != nullptr) nghttp2_session_del(session_);
  session_ = nullptr;
  output_.clear();
  socket_.close();
}

Result<void> Http2Client::submit(std::string_view path, const Headers& metadata, const Deadline& deadline) {
  Headers headers;
  headers.add(":method", "POST");
  headers.add(":scheme", "http");
  headers.add(":path", std::string(path));
  headers.add(":authority", host_ + ":" + std::to_string(port_));
  headers.add("content-type", "application/grpc");
  headers.add("te", "trailers");
  headers.add("grpc-accept-encoding", "identity,gzip");
  if (deadline.remaining() != Duration::max()) headers.add("grpc-timeout", render_grpc_timeout(deadline.remaining()));
  for (const auto& [name, value] : metadata.entries()) headers.add(name, value);
  std::vector<nghttp2_nv> fields;
  for (const auto& [name, value] : headers.entries()) {
    const auto bytes = [](const std::string& text) {
      return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    fields.push_back(nghttp2_nv{bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  nghttp2_data_provider provider{};
  provider.source.ptr = call_;
  provider.read_callback = &read_request;
  call_->stream = nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(), &provider, nullptr);
  if (call_->stream < 0) return Error{ErrorCode::internal, "the call cannot be submitted"};
  return {};
}

Result<void> Http2Client::send_all(const Deadline& deadline) {
  while (true) {
    if (output_.empty()) {
      const std::uint8_t* bytes = nullptr;
      ssize_t size = 0;
      while (output_.size() < (256U << 10) && (size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
        output_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
      }
      if (size < 0) return Error{ErrorCode::internal, nghttp2_strerror(static_cast<int>(size))};
      if (output_.empty()) return {};
    }
    auto sent = socket_.send_some(output_, deadline);
    if (!sent) return sent.error();
    if (*sent == 0) return {};  // the server has something to say first
    output_.erase(0, *sent);
  }
}

Result<void> Http2Client::exchange(const Deadline& deadline) {
  if (auto sent = send_all(deadline); !sent) return sent;
  auto size = socket_.receive(buffer_, deadline);
  if (!size) return size.error();
  if (*size == 0) return Error{ErrorCode::unavailable, host_ + ": the server closed the connection"};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(buffer_.data());
  const ssize_t used = nghttp2_session_mem_recv(session_, bytes, *size);
  if (used < 0) return Error{ErrorCode::unavailable, nghttp2_strerror(static_cast<int>(used))};
  return {};
}

Result<GrpcReply> Http2Client::reply_of(Call call) const {
  if (call.failure) {
    call.reply.status = *call.failure;
  } else if (call.headers.find("grpc-status")) {
    call.reply.status = status_of_trailers(call.headers);
  } else if (call.close_code != 0) {
    return Error{ErrorCode::unavailable, host_ + ": the stream was reset: " + nghttp2_http2_strerror(call.close_code)};
  } else {
    const std::string http_status(call.headers.find(":status").value_or("none"));
    call.reply.status = GrpcStatus{GrpcCode::unknown, "not a gRPC answer; HTTP status " + http_status, {}};
  }
  call.reply.trailers = std::move(call.headers);
  return std::move(call.reply);
}

}  // namespace

std::unique_ptr<GrpcClient> GrpcClient::create(std::string host, std::uint16_t port, const Clock&) {
  return std::make_unique<Http2Client>(std::move(host), port);
}

}  // namespace filo::net
