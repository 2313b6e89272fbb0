// Http2Stream: one request and its answer on an HTTP/2 connection. Owned by its Http2Session. Private to src/net.
#pragma once

#include "net/grpc_wire.h"
#include "net/session.h"

namespace filo::net {

struct Http2Stream {
  Http2Stream(std::int32_t stream_id, const SessionContext& context, const std::shared_ptr<Mailbox>& mailbox)
      : id(stream_id),
        exchange(std::make_shared<Exchange>(mailbox, static_cast<std::uint64_t>(stream_id),
                                            context.config.stream_buffer_bytes_max)),
        share(context.budget),
        progressed(context.clock.steady_now()) {}

  const std::int32_t id;

  // The request.
  Request request;
  std::string target;
  std::size_t header_bytes = 0;
  bool header_whole = false;
  bool is_head = false;   // the method is HEAD
  bool ended = false;     // the client has sent everything
  bool discards = false;  // an answer is under way already; what still comes is dropped

  // As a gRPC call.
  RouteTable::Grpc* method = nullptr;
  std::optional<GrpcInput> grpc_input;
  std::unique_ptr<GrpcResponder> grpc_responder;  // of a unary call, until its handler gets it
  std::unique_ptr<GrpcStreamReader> reader;
  GrpcCall call;
  std::optional<std::string> message;

  // The answer.
  const std::shared_ptr<Exchange> exchange;
  Headers answer_headers;  // CORS
  std::optional<AnswerHead> head;
  bool head_submitted = false;
  bool is_waiting = false;  // nghttp2 asked for data and there was none
  std::deque<Chunk> pending;
  std::size_t pending_bytes = 0;
  Exchange::End end = Exchange::End::open;
  Headers trailers;

  BodyShare share;
  Duration progressed;  // the request's last header or body byte that counts, the answer's last byte
};

}  // namespace filo::net
