#include "receivers/otlp_grpc/otlp_grpc.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "net/client.h"
#include "test/support/random_spans.h"
#include "test/support/raw_connection.h"
#include "test/support/receiver_fixture.h"
#include "test/support/sinks.h"
#include "test/support/source_tree.h"
#include "wire/otlp/otlp.h"

namespace filo::receivers::otlp_grpc {
namespace {

using test::RunningReceiver;
constexpr std::string_view trace_export = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

std::string some_spans(std::size_t count) { return wire::otlp::encode(test::RandomSpans(1).batch(count).spans); }

net::GrpcReply call(const RunningReceiver& receiver, std::string_view path, std::string_view message) {
  auto client = net::GrpcClient::create("127.0.0.1", receiver.port(), receiver.clock());
  auto reply = client->call(path, {}, {message}, receiver.soon());
  EXPECT_TRUE(reply) << reply.error().message;
  return reply ? std::move(*reply) : net::GrpcReply{};
}

TEST(OtlpGrpc, KeepsSpans) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  const net::GrpcReply reply = call(receiver, trace_export, some_spans(5));
  EXPECT_EQ(reply.status.code, net::GrpcCode::ok);
  ASSERT_EQ(reply.messages.size(), 1U);
  EXPECT_EQ(reply.messages[0], "");
  const auto batches = sink.take();
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].spans.size(), 5U);
  EXPECT_EQ(receiver.metric(R"(filo_receiver_accepted_spans_total{receiver="otlp_grpc"})"), "5");
}

TEST(OtlpGrpc, TellsOfRejectedSpans) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  const net::GrpcReply reply = call(receiver, trace_export, std::string("\x0a\x04\x12\x02\x12\x00", 6));
  EXPECT_EQ(reply.status.code, net::GrpcCode::ok);
  ASSERT_EQ(reply.messages.size(), 1U);
  EXPECT_NE(reply.messages[0].find("1 span was rejected"), std::string::npos);
}

TEST(OtlpGrpc, RefusesWhatItCannotRead) {
  test::RecordingSink sink;
  ListenConfig config;
  config.request_bytes_max = 10'000;
  const RunningReceiver receiver(kind, sink, config);
  EXPECT_EQ(call(receiver, trace_export, "\x0a\x05x").status.code, net::GrpcCode::invalid_argument);
  EXPECT_EQ(call(receiver, trace_export, std::string(20'000, 'x')).status.code, net::GrpcCode::resource_exhausted);
  EXPECT_EQ(call(receiver, "/no.such.Service/Export", "").status.code, net::GrpcCode::unimplemented);
  EXPECT_TRUE(sink.take().empty());
}

TEST(OtlpGrpc, AsksToTryAgainWhenThePipelineCannot) {
  for (const ErrorCode code : {ErrorCode::overloaded, ErrorCode::disk_full, ErrorCode::unavailable}) {
    test::RefusingSink sink(code);
    const RunningReceiver receiver(kind, sink);
    const net::GrpcReply reply = call(receiver, trace_export, some_spans(2));
    EXPECT_EQ(reply.status.code, net::GrpcCode::unavailable);
    EXPECT_NE(reply.status.message.find("refused by the test"), std::string::npos);
    EXPECT_NE(reply.status.details.find("google.rpc.RetryInfo"), std::string::npos);
    EXPECT_EQ(receiver.metric(R"(filo_receiver_refused_spans_total{receiver="otlp_grpc"})"), "2");
  }
  test::FailingSink sink;
  const RunningReceiver receiver(kind, sink);
  EXPECT_EQ(call(receiver, trace_export, some_spans(2)).status.code, net::GrpcCode::unavailable);
  EXPECT_EQ(receiver.metric(R"(filo_receiver_failed_spans_total{receiver="otlp_grpc"})"), "2");
}

TEST(OtlpGrpc, DiscardsOtherSignals) {
  test::RecordingSink sink;
  const RunningReceiver receiver(kind, sink);
  for (const char* path : {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
                           "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
                           "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export"}) {
    EXPECT_EQ(call(receiver, path, "anything").status.code, net::GrpcCode::ok);
  }
  EXPECT_EQ(receiver.metric(R"(filo_receiver_ignored_requests_total{receiver="otlp_grpc"})"), "3");
  EXPECT_TRUE(sink.take().empty());
}

TEST(OtlpGrpc, UnderstandsRealClientsHoweverTheirBytesAreCut) {
  const std::string folder = test::vectors().string() + "/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no vectors beside this source tree";
  for (const char* name : {"otel-js-2.11-otlp-grpc-wire.bin", "otel-js-2.11-otlp-grpc-gzip-wire.bin"}) {
    for (const std::size_t piece : {std::size_t{7}, std::size_t{1000}, std::size_t{1} << 20}) {
      test::RecordingSink sink;
      const RunningReceiver receiver(kind, sink);
      test::RawConnection connection(receiver.port());
      ASSERT_TRUE(connection.send(test::read_file(folder + name), piece)) << name;
      EXPECT_TRUE(sink.wait_for_spans(6)) << name << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace filo::receivers::otlp_grpc
