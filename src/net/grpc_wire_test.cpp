#include "net/grpc_wire.h"

#include <gtest/gtest.h>

#include "net/base64.h"
#include "net/content_encoding.h"

namespace filo::net {
namespace {

std::vector<std::string> messages_of(GrpcInput& input, std::string_view bytes, std::size_t step) {
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (!piece.empty()) {
      const auto result = input.next(piece);
      if (result == GrpcInput::Step::failed) return messages;
      if (result == GrpcInput::Step::message) messages.push_back(input.take_message());
    }
  }
  return messages;
}

TEST(GrpcInput, CutsMessagesAtEveryPieceSize) {
  std::string compressed = frame_message(gzip_compress("packed"));
  compressed[0] = 1;
  const std::string bytes =
      frame_message("one") + frame_message("") + compressed + frame_message(std::string(300, 'x'));
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    GrpcInput input("gzip", 1000);
    EXPECT_EQ(messages_of(input, bytes, step), (std::vector<std::string>{"one", "", "packed", std::string(300, 'x')}));
    EXPECT_TRUE(input.between_messages());
  }
}

TEST(GrpcInput, RefusesWhatItMust) {
  const auto code_of = [](const std::string& encoding, std::string bytes) {
    GrpcInput input(encoding, 1000);
    EXPECT_TRUE(messages_of(input, bytes, bytes.size()).empty());
    return input.failure().code;
  };
  EXPECT_EQ(code_of("", frame_message(std::string(1001, 'x')).substr(0, 5)), GrpcCode::resource_exhausted);
  EXPECT_EQ(code_of("", std::string("\2\0\0\0\1x", 6)), GrpcCode::internal);
  EXPECT_EQ(code_of("", std::string("\1\0\0\0\1x", 6)), GrpcCode::internal);
  EXPECT_EQ(code_of("gzip", std::string("\1\0\0\0\1x", 6)), GrpcCode::internal);
  std::string bomb = frame_message(gzip_compress(std::string(100'000, 'x')));
  bomb[0] = 1;
  EXPECT_EQ(code_of("gzip", bomb), GrpcCode::resource_exhausted);
}

TEST(GrpcTimeout, UnitsAndLimits) {
  using namespace std::chrono;
  EXPECT_EQ(parse_grpc_timeout("9978m"), milliseconds(9978));
  EXPECT_EQ(parse_grpc_timeout("1H"), hours(1));
  EXPECT_EQ(parse_grpc_timeout("2M"), minutes(2));
  EXPECT_EQ(parse_grpc_timeout("3S"), seconds(3));
  EXPECT_EQ(parse_grpc_timeout("4u"), microseconds(4));
  EXPECT_EQ(parse_grpc_timeout("5n"), nanoseconds(5));
  EXPECT_EQ(parse_grpc_timeout("99999999H"), hours(8760));
  for (const char* bad : {"", "m", "1", "-1S", "1s", "123456789S", "1 S", "1.5S"})
    EXPECT_FALSE(parse_grpc_timeout(bad)) << bad;
  for (const Duration timeout : {Duration(seconds(1)), Duration(hours(1)), Duration(hours(100))}) {
    EXPECT_EQ(parse_grpc_timeout(render_grpc_timeout(timeout)), timeout);
  }
}

TEST(GrpcStatus, SurvivesTheTrip) {
  const GrpcStatus status{GrpcCode::not_found, "no such trace: 50 % Ü\n", std::string("\x08\x05\x00\xff", 4)};
  const Headers trailers = trailers_of(status);
  EXPECT_EQ(trailers.find("grpc-message"), "no such trace: 50 %25 %C3%9C%0A");
  const GrpcStatus back = status_of_trailers(trailers);
  EXPECT_EQ(back.code, status.code);
  EXPECT_EQ(back.message, status.message);
  EXPECT_EQ(back.details, status.details);
  EXPECT_EQ(status_of_trailers({}).code, GrpcCode::unknown);
}

TEST(GrpcContentType, OnlyGrpcItself) {
  EXPECT_TRUE(is_grpc_content_type("application/grpc"));
  EXPECT_TRUE(is_grpc_content_type("application/grpc+proto"));
  EXPECT_TRUE(is_grpc_content_type("application/grpc;charset=utf-8"));
  EXPECT_FALSE(is_grpc_content_type("application/grpc-web"));
  EXPECT_FALSE(is_grpc_content_type("application/json"));
}

TEST(Base64, EveryLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + 251);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
  }
  EXPECT_EQ(base64_encode("hello"), "aGVsbG8");
  EXPECT_EQ(base64_decode("AAMAAABkAAQAAP__"), std::string("\0\3\0\0\0\x64\0\4\0\0\xff\xff", 12));
  EXPECT_EQ(base64_decode("aGVsbG8="), "hello");
  EXPECT_FALSE(base64_decode("a"));
  EXPECT_FALSE(base64_decode("a!bc"));
}

}  // namespace
}  // namespace filo::net
