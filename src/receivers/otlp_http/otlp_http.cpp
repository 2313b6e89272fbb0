#include "receivers/otlp_http/otlp_http.h"

#include <algorithm>

#include "net/content_encoding.h"
#include "receivers/intake.h"
#include "wire/otlp/export_response.h"
#include "wire/otlp/otlp.h"

namespace filo::receivers::otlp_http {
namespace {

enum class Format { protobuf, json };
constexpr std::string_view protobuf_type = "application/x-protobuf";
constexpr std::string_view json_type = "application/json";

// "application/json; charset=utf-8" is JSON like any other.
std::optional<Format> format_of(const net::Request& request) {
  std::string_view type = request.headers.find("content-type").value_or("");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  std::string lower(type);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (lower == protobuf_type) return Format::protobuf;
  if (lower == json_type) return Format::json;
  return std::nullopt;
}

net::Response answer_in(Format format, int status, std::string body) {
  net::Response response;
  response.status = status;
  response.headers.add("content-type", std::string(format == Format::json ? json_type : protobuf_type));
  response.body = std::move(body);
  return response;
}

net::Response answer_with(Format format, int status, const Error& error) {
  const int code = static_cast<int>(net::grpc_code_of(error.code));
  return answer_in(format, status,
                   format == Format::json ? wire::otlp::render_json_status(code, error.message)
                                          : wire::otlp::encode_status(code, error.message));
}

// The request was good: whatever the pipeline's trouble is, trying again is right.
net::Response answer_retry(Format format, const Error& error) {
  net::Response response = answer_with(format, error.code == ErrorCode::overloaded ? 429 : 503, error);
  response.headers.add("retry-after", "1");
  return response;
}

class OtlpHttp final : public Receiver {
 public:
  OtlpHttp(const ListenConfig& config, const ReceiverContext& context)
      : request_bytes_max_(config.request_bytes_max), intake_(context.sink, context.clock) {}

  Result<void> listen(const ListenConfig& config, net::Server& server) {
    net::Routes routes;
    routes.http("POST", "/v1/traces", [this](net::Request request, std::unique_ptr<net::Responder> responder) {
      take_traces(std::move(request), std::move(responder));
    });
    for (const char* path : {"/v1/metrics", "/v1/logs", "/v1/profiles", "/v1development/profiles"}) {
      routes.http("POST", path, [this](net::Request request, std::unique_ptr<net::Responder> responder) {
        intake_.count_request();
        intake_.count_ignored();
        const Format format = format_of(request).value_or(Format::json);
        responder->respond(answer_in(format, 200, format == Format::json ? R"({"partialSuccess":{}})" : ""));
      });
    }
    routes.allow_origins(config.allow_origins).request_bytes_max(config.request_bytes_max);
    const auto port = server.listen(kind.name, config.address, config.port, std::move(routes));
    if (!port) return port.error();
    port_ = *port;
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void describe(telemetry::MetricWriter& writer) const override {
    receivers::describe(intake_.metrics(), kind.name, writer);
  }

 private:
  void take_traces(net::Request request, std::unique_ptr<net::Responder> responder) {
    const Duration began = intake_.count_request();
    const auto format = format_of(request);
    if (!format) {
      intake_.count_malformed();
      const Error error{ErrorCode::unsupported, "content-type must be application/x-protobuf or application/json"};
      return responder->respond(answer_with(Format::json, 415, error));
    }
    auto decoded = decode(std::move(request), *format);
    if (!decoded) {
      intake_.count_malformed();
      const Error& error = decoded.error();
      return responder->respond(answer_with(*format, net::http_status_of(error.code), error));
    }
    intake_.offer(std::move(*decoded), began,
                  [format = *format, responder = std::move(responder)](Result<wire::Rejections> kept) {
                    if (!kept) return responder->respond(answer_retry(format, kept.error()));
                    responder->respond(answer_in(format, 200,
                                                 format == Format::json ? wire::otlp::render_json_response(*kept)
                                                                        : wire::otlp::encode_response(*kept)));
                  });
  }

  Result<wire::Decoded> decode(net::Request request, Format format) const {
    const std::string encoding(request.headers.find("content-encoding").value_or(""));
    auto body = net::decode_body(std::move(request.body), encoding, request_bytes_max_);
    if (!body) return body.error();
    if (format == Format::json) return wire::otlp::decode_json(*body);
    return wire::otlp::decode(std::move(*body));
  }

  std::size_t request_bytes_max_;
  Intake intake_;
  std::uint16_t port_ = 0;
};

Result<std::unique_ptr<Receiver>> make(const ListenConfig& config, const ReceiverContext& context) {
  auto receiver = std::make_unique<OtlpHttp>(config, context);
  const Result<void> listening = receiver->listen(config, context.server);
  if (!listening) return listening.error();
  return std::unique_ptr<Receiver>(std::move(receiver));
}

}  // namespace

const ReceiverKind kind = {"otlp_http", "OTLP/HTTP", 4318, make};

}  // namespace filo::receivers::otlp_http
