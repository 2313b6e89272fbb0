#include "net/session.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "net/session_driver.h"

namespace filo::net {
namespace {

constexpr int data_frame = 0, headers_frame = 1, reset_frame = 3, settings_frame = 4, ping_frame = 6,
              continuation_frame = 9;
constexpr int end_stream = 1, end_headers = 4;

const std::string http1_request =
    "POST /echo?a=b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nabcd\r\n3\r\nefg\r\n0\r\nT: "
    "v\r\n\r\n"
    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12345";

std::string grpc_head(std::string_view path) {
  return http2_head("POST", path) + hpack_field("content-type", "application/grpc") + hpack_field("te", "trailers");
}

std::string http2_requests() {
  return http2_start() + http2_frame(headers_frame, end_headers, 1, grpc_head("/s/Unary")) +
         http2_frame(data_frame, 0, 1, std::string("\0\0\0\0\5he", 7)) + http2_frame(data_frame, end_stream, 1, "llo") +
         http2_frame(headers_frame, 0, 3, http2_head("POST", "/echo")) +
         http2_frame(continuation_frame, end_headers, 3, hpack_field("x-y", "z")) +
         http2_frame(data_frame, end_stream, 3, "body of three") +
         http2_frame(headers_frame, end_headers, 5, grpc_head("/s/Stream")) +
         http2_frame(data_frame, end_stream, 5, std::string("\0\0\0\0\1a\0\0\0\0\1b", 12));
}

TEST(Session, AnswersAreTheSameHoweverTheBytesArrive) {
  for (const std::string& bytes : {http1_request, http2_requests()}) {
    SessionDriver whole;
    const std::string expected = whole.feed(bytes);
    const int handled = whole.handled;
    EXPECT_GE(handled, 2);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      SessionDriver driver;
      std::string answer = driver.feed(std::string_view(bytes).substr(0, cut));
      answer += driver.feed(std::string_view(bytes).substr(cut));
      EXPECT_EQ(driver.handled, handled) << cut;
      if (bytes == http1_request) {
        EXPECT_EQ(answer, expected) << cut;
      }
      EXPECT_EQ(driver.budget.bytes(), 0U) << cut;
    }
    SessionDriver bytewise;
    for (const char& byte : bytes) bytewise.feed({&byte, 1});
    EXPECT_EQ(bytewise.handled, handled);
  }
}

TEST(Session, TruncatedRequestsNeverReachAHandlerAndFreeTheirMemory) {
  const std::string request = http1_request.substr(http1_request.find("\r\n\r\nPOST") + 4);
  for (std::size_t size = 0; size < request.size(); ++size) {
    SessionDriver driver;
    driver.feed(std::string_view(request).substr(0, size));
    driver.session->end_of_input();
    EXPECT_EQ(driver.handled, 0) << size;
    EXPECT_TRUE(driver.session->is_finished()) << size;
    driver.session.reset();
    EXPECT_EQ(driver.budget.bytes(), 0U) << size;
  }
}

TEST(Session, RandomBytesEndOrWaitButNeverGrow) {
  ServerConfig config;
  config.header_bytes_max = 1000;
  config.request_bytes_max = 1000;
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    SessionDriver driver(config);
    std::string bytes = round % 2 == 0 ? http2_requests() : http1_request;
    if (round % 3 == 0) bytes.resize(round % 2 == 0 ? 33 : 0);
    for (int i = 0; i < 4 && !bytes.empty(); ++i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    for (int i = 0; round % 3 == 0 && i < 300; ++i) bytes += static_cast<char>(random.next());
    std::size_t answered = 0;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random.below(bytes.size() - at);
      answered += driver.feed(std::string_view(bytes).substr(at, size)).size();
      at += size;
    }
    EXPECT_LT(answered, 4000U);
    driver.clock.advance(std::chrono::minutes(10));
    driver.tick();
    driver.session.reset();
    EXPECT_EQ(driver.budget.bytes(), 0U);
  }
}

TEST(Http2Session, FloodsEndTheConnection) {
  const std::string reset_pair = [] {
    std::string bytes;
    for (std::uint32_t id = 1; id < 6001; id += 2) {
      bytes += http2_frame(headers_frame, end_headers, id, http2_head("POST", "/echo")) +
               http2_frame(reset_frame, 0, id, std::string("\0\0\0\x8", 4));
    }
    return bytes;
  }();
  std::string continuations = http2_frame(headers_frame, 0, 1, http2_head("GET", "/echo"));
  for (int i = 0; i < 100; ++i) continuations += http2_frame(continuation_frame, 0, 1, "");
  std::string pings;
  std::string settings;
  for (int i = 0; i < 100'000; ++i) pings += http2_frame(ping_frame, 0, 0, "12345678");
  for (int i = 0; i < 100'000; ++i) settings += http2_frame(settings_frame, 0, 0, "");
  // One entry of the dynamic table, then thousands of one-byte references to it.
  std::string bomb = http2_head("GET", "/echo") + std::string("\x40\x01x\x7f\x00", 5) + std::string(127, 'v');
  bomb += std::string(16'000, '\xbe');
  for (const std::string& flood :
       {reset_pair, continuations, pings, settings, http2_frame(headers_frame, end_headers | end_stream, 1, bomb)}) {
    SessionDriver driver;
    driver.mailbox->hold();
    driver.session->receive(http2_start() + flood);
    settle(*driver.session, *driver.mailbox);
    EXPECT_LE(driver.session->output().bytes(), driver.config.stream_buffer_bytes_max + (1U << 20));
    EXPECT_TRUE(!driver.session->wants_input());
    EXPECT_EQ(driver.handled, 0);
  }
}

TEST(Http2Session, TooManyStreamsAreRefusedOthersAnswered) {
  SessionDriver driver;
  std::string bytes = http2_start();
  for (std::uint32_t id = 1; id < 1001; id += 2) {
    bytes += http2_frame(headers_frame, end_headers, id, http2_head("POST", "/echo"));
  }
  driver.feed(bytes);
  const std::string answer = driver.feed(http2_frame(data_frame, end_stream, 1, "first"));
  EXPECT_NE(answer.find("first"), std::string::npos);
  EXPECT_EQ(driver.handled, 1);
}

TEST(Http2Session, LargeHeaderIsRefusedOnItsStreamOnly) {
  ServerConfig config;
  config.header_bytes_max = 1000;
  SessionDriver driver(config);
  std::string head = http2_head("GET", "/echo");
  for (int i = 0; i < 10; ++i) head += hpack_field("x-long", std::string(120, 'v'));
  driver.feed(http2_start() + http2_frame(headers_frame, end_headers | end_stream, 1, head));
  EXPECT_EQ(driver.handled, 0);
  EXPECT_EQ(driver.metrics.requests_malformed.value(), 1U);
  driver.feed(http2_frame(headers_frame, end_headers | end_stream, 3, http2_head("GET", "/echo")));
  EXPECT_EQ(driver.handled, 1);
}

TEST(Http2Session, SlowRequestsAndUnreadAnswersAreReset) {
  ServerConfig config;
  SessionDriver driver(config);
  // A stream window of nothing: the answer to stream 1 cannot go out.
  const std::string no_window = http2_frame(settings_frame, 0, 0, std::string("\0\4\0\0\0\0", 6));
  driver.feed(http2_start() + no_window + http2_frame(headers_frame, end_headers, 1, http2_head("POST", "/echo")) +
              http2_frame(data_frame, end_stream, 1, "never read") +
              http2_frame(headers_frame, end_headers, 3, http2_head("POST", "/echo")));
  EXPECT_EQ(driver.handled, 1);
  driver.clock.advance(config.request_timeout + std::chrono::seconds(1));
  const std::string resets = driver.tick();
  EXPECT_NE(resets.find(http2_frame(reset_frame, 0, 1, std::string("\0\0\0\x8", 4))), std::string::npos);
  EXPECT_NE(resets.find(http2_frame(reset_frame, 0, 3, std::string("\0\0\0\x8", 4))), std::string::npos);
  EXPECT_EQ(driver.metrics.requests_timed_out.value(), 2U);
  driver.clock.advance(config.idle_timeout + std::chrono::seconds(1));
  driver.tick();
  EXPECT_TRUE(driver.session->is_finished());
}

TEST(Http2Session, DeadlineOfACallIsKept) {
  SessionDriver driver;
  driver.feed(http2_start() +
              http2_frame(headers_frame, end_headers, 1, grpc_head("/s/Stream") + hpack_field("grpc-timeout", "100m")));
  driver.clock.advance(std::chrono::milliseconds(101));
  EXPECT_FALSE(driver.tick().empty());
  EXPECT_EQ(driver.metrics.requests_timed_out.value(), 1U);
  EXPECT_EQ(driver.tick(), "");
}

TEST(Http2Session, ShutDownFinishesWhatIsInFlight) {
  SessionDriver driver;
  driver.feed(http2_start() + http2_frame(headers_frame, end_headers | end_stream, 1, http2_head("GET", "/hold")));
  ASSERT_NE(driver.held, nullptr);
  driver.session->shut_down();
  EXPECT_FALSE(driver.session->is_finished());
  driver.held->respond({200, {}, "late", {}});
  settle(*driver.session, *driver.mailbox);
  EXPECT_NE(driver.sent().find("late"), std::string::npos);
  EXPECT_TRUE(driver.session->is_finished());
}

TEST(Http1Session, HandlerMayAnswerAfterTheConnectionDied) {
  SessionDriver driver;
  driver.feed("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_NE(driver.held, nullptr);
  auto stream = driver.held->stream(200, {});
  driver.session.reset();
  driver.mailbox->close();
  EXPECT_FALSE(stream->write("nobody listens"));
}

TEST(BodyBudget, OneConnectionMayAlwaysGoOn) {
  BodyBudget budget(100);
  const int a = 0;
  const int b = 0;
  EXPECT_TRUE(budget.may_read(&a));
  budget.add(100);
  EXPECT_TRUE(budget.may_read(&a));
  EXPECT_FALSE(budget.may_read(&b));
  budget.leave(&b);
  EXPECT_FALSE(budget.may_read(&b));
  budget.leave(&a);
  EXPECT_TRUE(budget.may_read(&b));
  budget.release(100);
  EXPECT_TRUE(budget.may_read(&a));
}

}  // namespace
}  // namespace filo::net
