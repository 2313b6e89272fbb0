// Http2Session: HTTP/2 (RFC 9113) by nghttp2, and gRPC on its streams. Bounded: streams, header bytes a stream,
// windows, control frames, and what is queued to send. Private to src/net.
#pragma once

#include <unordered_map>

#include "net/http2_stream.h"

struct nghttp2_session;

namespace filo::net {

class Http2Session final : public Session {
 public:
  Http2Session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox, SendQueue output);
  ~Http2Session() override;

  // The request that asked for h2c becomes stream 1 (RFC 7540 section 3.2).
  void upgrade(Request request, std::string_view settings);

  void receive(std::string_view untrusted) override;
  void end_of_input() override;
  bool wants_input() const override;
  void progress(std::uint64_t exchange_id) override;
  void tick(Duration now) override;
  void shut_down() override;
  bool is_finished() const override;
  bool is_refused() const override { return failed_; }
  std::size_t body_bytes_held() const override;
  SendQueue& output() override { return output_; }

 private:
  friend struct Http2Callbacks;
  friend struct Http2AnswerSource;

  // The request's side.
  Http2Stream* find(std::int32_t id);
  Http2Stream& open_stream(std::int32_t id);
  void add_header(Http2Stream& stream, std::string_view name, std::string_view value);
  void header_complete(Http2Stream& stream);
  void receive_data(Http2Stream& stream, std::string_view untrusted);
  void request_complete(Http2Stream& stream);
  void begin_grpc(Http2Stream& stream);
  void receive_grpc(Http2Stream& stream, std::string_view untrusted);
  void complete_grpc(Http2Stream& stream);
  void refuse(Http2Stream& stream, int status, std::string_view reason);
  void refuse_grpc(Http2Stream& stream, GrpcStatus status);
  void reset(Http2Stream& stream, std::uint32_t error_code);

  // The answer's side.
  void advance(Http2Stream& stream);
  void take_from_exchange(Http2Stream& stream);
  void submit_head(Http2Stream& stream);
  void send();

  const SessionContext& context_;
  const std::shared_ptr<Mailbox> mailbox_;
  SendQueue output_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<std::int32_t, std::unique_ptr<Http2Stream>> streams_;
  Duration active_at_;  // the last time that there was a stream or a byte
  bool shutting_down_ = false;
  bool failed_ = false;
};

}  // namespace filo::net
