// SessionDriver: a session without a socket, for tests and fuzzers. Time is the caller's.
#pragma once

#include "base/manual_clock.h"
#include "net/session.h"

namespace filo::net {

// HTTP/2 frames (RFC 9113 section 4.1) and uncompressed HPACK fields (RFC 7541 section 6.2.2), for making both valid
// and hostile input.
inline std::string http2_frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
  std::string out;
  for (int shift = 16; shift >= 0; shift -= 8) out += static_cast<char>((payload.size() >> shift) & 255);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((stream >> shift) & 255);
  return out.append(payload);
}
inline std::string hpack_field(std::string_view name, std::string_view value) {
  std::string out(1, '\0');
  out += static_cast<char>(name.size());
  out.append(name);
  out += static_cast<char>(value.size());
  return out.append(value);
}
inline std::string http2_start() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2_frame(4, 0, 0, ""); }
inline std::string http2_head(std::string_view method, std::string_view path) {
  return hpack_field(":method", method) + hpack_field(":scheme", "http") + hpack_field(":path", path) +
         hpack_field(":authority", "h");
}

class SessionDriver {
 public:
  explicit SessionDriver(const ServerConfig& server_config = {})
      : config(server_config), budget(config.body_bytes_in_flight_max) {
    Routes made;
    made.http("GET,POST", "/echo", [this](Request request, std::unique_ptr<Responder> responder) {
      ++handled;
      Response response;
      response.body = std::move(request.body);
      responder->respond(std::move(response));
    });
    made.http("GET", "/hold", [this](Request, std::unique_ptr<Responder> responder) { held = std::move(responder); });
    made.grpc("/s/Unary", [this](GrpcCall, std::string message, std::unique_ptr<GrpcResponder> responder) {
      ++handled;
      responder->reply(std::move(message));
    });
    made.grpc_stream("/s/Stream", [this](GrpcCall, std::unique_ptr<GrpcResponder> responder) {
      return std::make_unique<Counting>(*this, std::move(responder));
    });
    routes = take_table(std::move(made));
    context.emplace(SessionContext{config, clock, *routes, metrics, budget});
    mailbox = std::make_shared<Mailbox>([] {});
    session = make_session(*context, mailbox);
  }
  ~SessionDriver() {
    session.reset();
    mailbox->close();
  }

  // What the session then wants to send.
  std::string feed(std::string_view bytes) {
    mailbox->hold();
    session->receive(bytes);
    settle(*session, *mailbox);
    return sent();
  }
  std::string tick() {
    mailbox->hold();
    session->tick(clock.steady_now());
    settle(*session, *mailbox);
    return sent();
  }
  std::string sent() {
    std::string out;
    while (session->output().bytes() > 0) {
      iovec vectors[8];
      const std::size_t used = session->output().gather(vectors);
      std::size_t size = 0;
      for (std::size_t i = 0; i < used; ++i) {
        out.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
        size += vectors[i].iov_len;
      }
      session->output().consume(size);
      session->progress(0);
      settle(*session, *mailbox);
    }
    return out;
  }

  ManualClock clock;
  const ServerConfig config;
  ServerMetrics metrics;
  BodyBudget budget;
  std::shared_ptr<RouteTable> routes;
  std::optional<SessionContext> context;
  std::shared_ptr<Mailbox> mailbox;
  int handled = 0;
  std::unique_ptr<Responder> held;
  std::unique_ptr<Session> session;

 private:
  class Counting final : public GrpcStreamReader {
   public:
    Counting(SessionDriver& driver, std::unique_ptr<GrpcResponder> responder)
        : driver_(driver), responder_(std::move(responder)) {}
    void on_message(std::string) override { ++driver_.handled; }
    void on_end() override { responder_->reply("end"); }

   private:
    SessionDriver& driver_;
    std::unique_ptr<GrpcResponder> responder_;
  };
};

}  // namespace filo::net
