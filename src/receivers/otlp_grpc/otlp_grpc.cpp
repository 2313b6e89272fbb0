#include "receivers/otlp_grpc/otlp_grpc.h"

#include "receivers/intake.h"
#include "wire/otlp/export_response.h"
#include "wire/otlp/otlp.h"

namespace filo::receivers::otlp_grpc {
namespace {

constexpr const char* trace_export = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
constexpr const char* discarded_exports[] = {
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
};

// UNAVAILABLE with RetryInfo is what senders take as "try again"; RESOURCE_EXHAUSTED would mean that the request is to
// blame.
net::GrpcStatus retry_status(const Error& error) {
  constexpr auto code = net::GrpcCode::unavailable;
  return {code, error.message,
          wire::otlp::encode_retry_status(static_cast<int>(code), error.message, std::chrono::seconds(1))};
}

class OtlpGrpc final : public Receiver {
 public:
  explicit OtlpGrpc(const ReceiverContext& context) : intake_(context.sink, context.clock) {}

  Result<void> listen(const ListenConfig& config, net::Server& server) {
    net::Routes routes;
    routes.grpc(trace_export,
                [this](net::GrpcCall, std::string message, std::unique_ptr<net::GrpcResponder> responder) {
                  take_traces(std::move(message), std::move(responder));
                });
    for (const char* path : discarded_exports) {
      routes.grpc(path, [this](net::GrpcCall, std::string, std::unique_ptr<net::GrpcResponder> responder) {
        intake_.count_request();
        intake_.count_ignored();
        responder->reply("");
      });
    }
    routes.request_bytes_max(config.request_bytes_max);
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
  void take_traces(std::string message, std::unique_ptr<net::GrpcResponder> responder) {
    const Duration began = intake_.count_request();
    auto decoded = wire::otlp::decode(std::move(message));
    if (!decoded) {
      intake_.count_malformed();
      return responder->finish({net::grpc_code_of(decoded.error().code), decoded.error().message, ""});
    }
    intake_.offer(std::move(*decoded), began, [responder = std::move(responder)](Result<wire::Rejections> kept) {
      if (!kept) return responder->finish(retry_status(kept.error()));
      responder->reply(wire::otlp::encode_response(*kept));
    });
  }

  Intake intake_;
  std::uint16_t port_ = 0;
};

Result<std::unique_ptr<Receiver>> make(const ListenConfig& config, const ReceiverContext& context) {
  auto receiver = std::make_unique<OtlpGrpc>(context);
  const Result<void> listening = receiver->listen(config, context.server);
  if (!listening) return listening.error();
  return std::unique_ptr<Receiver>(std::move(receiver));
}

}  // namespace

const ReceiverKind kind = {"otlp_grpc", "OTLP/gRPC", 4317, make};

}  // namespace filo::receivers::otlp_grpc
