#include "loadgen_sender.h"

#include <charconv>

#include "base/bytes.h"
#include "net/content_encoding.h"
#include "wire/otlp/otlp.h"

namespace filo::app {
namespace {

constexpr std::string_view export_method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

// ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1 } }.
std::uint64_t rejected_in_protobuf(std::string_view body) {
  ByteReader response(body);
  while (response.ok() && !response.at_end()) {
    if (response.varint() != ((1U << 3) | 2U)) return 0;
    ByteReader partial(response.sized_bytes());
    while (partial.ok() && !partial.at_end()) {
      const std::uint64_t tag = partial.varint();
      if (tag == (1U << 3)) return partial.varint();
      if (tag != ((2U << 3) | 2U)) return 0;
      partial.sized_bytes();
    }
  }
  return 0;
}

// {"partialSuccess":{"rejectedSpans":"3", …}}; the number with or without quotes.
std::uint64_t rejected_in_json(std::string_view body) {
  constexpr std::string_view key = "\"rejectedSpans\":";
  std::size_t at = body.find(key);
  if (at == std::string_view::npos) return 0;
  at = body.find_first_not_of(" \"", at + key.size());
  if (at == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  std::from_chars(body.data() + at, body.data() + body.size(), value);
  return value;
}

Answer no_answer(const Error& error) {
  return {.verdict = Verdict::unknown,
          .status = std::string(name_of(error.code)),
          .reason = error.message,
          .is_retryable = true,
          .retry_after = std::nullopt};
}

std::optional<Duration> parse_retry_after(const net::Headers& headers) {
  const auto value = headers.find("retry-after");
  if (!value) return std::nullopt;
  unsigned seconds = 0;
  const auto parsed = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (parsed.ec != std::errc()) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 60U));
}

}  // namespace

Result<Target> parse_target(std::string_view endpoint) {
  constexpr std::string_view grpc_scheme = "grpc://";
  Target target;
  std::string text(endpoint);
  if (endpoint.starts_with(grpc_scheme)) {
    target.encoding = Encoding::grpc;
    text = "http://" + std::string(endpoint.substr(grpc_scheme.size()));
  }
  auto url = net::parse_url(text);
  if (!url) return url.error();
  target.host = url->host;
  target.port = url->port;
  target.path = url->path.empty() || url->path == "/" ? "/v1/traces" : url->path;
  return target;
}

Sender::Sender(const Target& target, const Clock& clock) : target_(target), clock_(clock) {
  if (target.encoding == Encoding::grpc) {
    grpc_ = net::GrpcClient::create(target.host, target.port, clock);
  } else {
    http_ = net::HttpClient::create(target.host, target.port, clock);
  }
}

std::string Sender::encode(std::span<const Span> spans) const {
  std::string body;
  if (target_.encoding == Encoding::json) {
    Trace together;
    together.spans.assign(spans.begin(), spans.end());
    wire::otlp::append_json(body, together);
  } else {
    body = wire::otlp::encode(spans);
  }
  if (target_.compression == Compression::gzip) body = net::gzip_compress(body);
  return body;
}

Answer Sender::send(const std::string& body) { return grpc_ ? send_grpc(body) : send_http(body); }

Answer Sender::send_http(const std::string& body) {
  net::Headers headers;
  const bool is_json = target_.encoding == Encoding::json;
  headers.add("content-type", is_json ? "application/json" : "application/x-protobuf");
  if (target_.compression == Compression::gzip) headers.add("content-encoding", "gzip");
  auto response = http_->request("POST", target_.path, headers, body, Deadline::after(clock_, target_.timeout));
  if (!response) return no_answer(response.error());

  Answer answer{.verdict = Verdict::refused,
                .status = std::to_string(response->status),
                .reason = {},
                .retry_after = parse_retry_after(response->headers)};
  if (response->status / 100 == 2) {
    answer.verdict = Verdict::answered;
    answer.rejected_spans = is_json ? rejected_in_json(response->body) : rejected_in_protobuf(response->body);
  } else {
    // The OTLP specification's list of statuses after which to send again.
    const int status = response->status;
    answer.is_retryable = status == 429 || status == 502 || status == 503 || status == 504;
    answer.reason = response->body.substr(0, 200);
  }
  return answer;
}

Answer Sender::send_grpc(const std::string& body) {
  auto reply = grpc_->call(export_method, {}, {std::string_view(body)}, Deadline::after(clock_, target_.timeout));
  if (!reply) return no_answer(reply.error());
  using net::GrpcCode;
  const GrpcCode code = reply->status.code;
  Answer answer{.verdict = Verdict::refused,
                .status = "grpc " + std::to_string(static_cast<int>(code)),
                .reason = reply->status.message,
                .retry_after = std::nullopt};
  if (code == GrpcCode::ok) {
    answer.verdict = Verdict::answered;
    if (!reply->messages.empty()) answer.rejected_spans = rejected_in_protobuf(reply->messages.front());
  } else {
    answer.is_retryable = code == GrpcCode::unavailable || code == GrpcCode::resource_exhausted ||
                          code == GrpcCode::deadline_exceeded || code == GrpcCode::cancelled ||
                          code == GrpcCode::aborted;
  }
  return answer;
}

}  // namespace filo::app
