// Http2Session, the request's side: from headers and data to a handler.
#include <algorithm>
#include <charconv>

#include "net/http2_session.h"

namespace filo::net {
namespace {

constexpr std::size_t body_reserve_max = 1U << 20;

}  // namespace

void Http2Session::add_header(Http2Stream& stream, std::string_view name, std::string_view value) {
  if (name == ":method") {
    stream.request.method = value;
    stream.is_head = value == "HEAD";
  } else if (name == ":path") {
    stream.target = value;
  } else if (name == ":authority") {
    stream.request.headers.add("host", std::string(value));
  } else if (!name.starts_with(':')) {
    stream.request.headers.add(std::string(name), std::string(value));
  }
}

void Http2Session::header_complete(Http2Stream& stream) {
  Request& request = stream.request;
  if (stream.header_bytes > context_.config.header_bytes_max) {
    context_.metrics.requests_malformed.add();
    return refuse(stream, 431, "the header is too large\n");
  }
  if (!parse_target(stream.target, request)) {
    context_.metrics.requests_malformed.add();
    return refuse(stream, 400, "the request target is not a path\n");
  }
  if (is_grpc_content_type(request.headers.find("content-type").value_or(""))) return begin_grpc(stream);
  context_.metrics.requests_http2.add();
  stream.answer_headers = cors_headers(context_.routes, request);
  std::uint64_t length = 0;
  if (const auto text = request.headers.find("content-length")) {
    std::from_chars(text->data(), text->data() + text->size(), length);
  }
  if (length > context_.request_bytes_max()) {
    context_.metrics.requests_too_large.add();
    return refuse(stream, 413, "the body is too large\n");
  }
  request.body.reserve(std::min<std::size_t>(length, body_reserve_max));
}

void Http2Session::receive_data(Http2Stream& stream, std::string_view untrusted) {
  if (stream.grpc_input) return receive_grpc(stream, untrusted);
  if (stream.request.body.size() + untrusted.size() > context_.request_bytes_max()) {
    context_.metrics.requests_too_large.add();
    return refuse(stream, 413, "the body is too large\n");
  }
  stream.request.body.append(untrusted);
  stream.share.add(untrusted.size());
}

void Http2Session::request_complete(Http2Stream& stream) {
  stream.ended = true;
  if (stream.grpc_input) return complete_grpc(stream);
  stream.share.clear();
  dispatch(context_.routes, std::move(stream.request), make_responder(stream.exchange));
}

void Http2Session::refuse(Http2Stream& stream, int status, std::string_view reason) {
  stream.discards = true;
  stream.request.body = {};
  stream.share.clear();
  Response response;
  response.status = status;
  response.headers.add("content-type", "text/plain; charset=utf-8");
  response.body = reason;
  stream.exchange->respond(std::move(response));
}

void Http2Session::refuse_grpc(Http2Stream& stream, GrpcStatus status) {
  if (status.code == GrpcCode::resource_exhausted) context_.metrics.requests_too_large.add();
  stream.discards = true;
  stream.message.reset();
  stream.share.clear();
  stream.reader.reset();
  // A streaming handler has the responder, and may have begun to answer: then all that is left is to cut.
  if (stream.grpc_responder) {
    stream.grpc_responder->finish(std::move(status));
  } else {
    stream.exchange->close();
    stream.end = Exchange::End::finished;
    stream.trailers = trailers_of(status);
    if (!stream.head_submitted) stream.head = AnswerHead{200, grpc_answer_headers(), std::nullopt};
    mailbox_->post(static_cast<std::uint64_t>(stream.id));
  }
}

void Http2Session::begin_grpc(Http2Stream& stream) {
  context_.metrics.requests_grpc.add();
  Request& request = stream.request;
  if (request.method != "POST") return refuse(stream, 405, "a gRPC call is a POST\n");
  std::string encoding(request.headers.find("grpc-encoding").value_or(""));
  if (encoding == "identity") encoding.clear();
  const bool is_known_encoding = encoding.empty() || encoding == "gzip" || encoding == "deflate";
  stream.grpc_input.emplace(encoding, context_.request_bytes_max());
  stream.method = context_.routes.find_grpc(request.path);
  auto responder = make_grpc_responder(stream.exchange);
  if (stream.method == nullptr || !is_known_encoding) {
    stream.grpc_responder = std::move(responder);
    if (!is_known_encoding) stream.answer_headers.add("grpc-accept-encoding", "identity,deflate,gzip");
    return refuse_grpc(stream, {GrpcCode::unimplemented,
                                stream.method == nullptr ? "no method " + request.path
                                                         : "grpc-encoding '" + encoding.substr(0, 64) + "' is unknown",
                                {}});
  }
  if (const auto timeout = request.headers.find("grpc-timeout")) {
    const auto parsed = parse_grpc_timeout(*timeout);
    if (!parsed) {
      stream.grpc_responder = std::move(responder);
      return refuse_grpc(stream, {GrpcCode::invalid_argument, "grpc-timeout is malformed", {}});
    }
    stream.call.deadline = Deadline::after(context_.clock, *parsed);
  }
  stream.call.path = std::move(request.path);
  stream.call.metadata = std::move(request.headers);
  if (stream.method->stream) {
    GrpcCall call = stream.call;
    stream.reader = stream.method->stream(std::move(call), std::move(responder));
    if (!stream.reader) stream.discards = true;
  } else {
    stream.grpc_responder = std::move(responder);
  }
}

void Http2Session::receive_grpc(Http2Stream& stream, std::string_view untrusted) {
  stream.share.add(untrusted.size());
  if (stream.method->stream) stream.progressed = context_.clock.steady_now();
  while (true) {
    const GrpcInput::Step step = stream.grpc_input->next(untrusted);
    if (step == GrpcInput::Step::needs_more) return;
    if (step == GrpcInput::Step::failed) return refuse_grpc(stream, stream.grpc_input->failure());
    if (stream.reader) {
      stream.share.clear();
      stream.reader->on_message(stream.grpc_input->take_message());
    } else if (stream.message) {
      return refuse_grpc(stream, {GrpcCode::internal, "a unary call has more than one message", {}});
    } else {
      stream.message = stream.grpc_input->take_message();
    }
    if (untrusted.empty()) return;
  }
}

void Http2Session::complete_grpc(Http2Stream& stream) {
  if (!stream.grpc_input->between_messages()) {
    return refuse_grpc(stream, {GrpcCode::internal, "the last message is cut short", {}});
  }
  if (stream.reader) return stream.reader->on_end();
  if (!stream.message) return refuse_grpc(stream, {GrpcCode::internal, "a unary call has no message", {}});
  stream.share.clear();
  GrpcCall call = stream.call;
  stream.method->unary(std::move(call), std::move(*stream.message), std::move(stream.grpc_responder));
}

}  // namespace filo::net
