// Http1Session: HTTP/1.1 and 1.0 (RFC 9112). Requests of a connection are answered one after the other; what a client
// sends ahead waits, at most a header's worth. Private to src/net.
#pragma once

#include "net/http1_header.h"
#include "net/session.h"

namespace filo::net {

class Http1Session final : public Session {
 public:
  Http1Session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox);
  ~Http1Session() override;

  void receive(std::string_view untrusted) override;
  void end_of_input() override;
  bool wants_input() const override;
  void progress(std::uint64_t exchange_id) override;
  void tick(Duration now) override;
  void shut_down() override;
  bool is_finished() const override { return state_ == State::finished; }
  bool is_refused() const override { return is_refused_; }
  std::size_t body_bytes_held() const override { return share_.bytes(); }
  SendQueue& output() override { return output_; }

  // A request that asked for h2c and has been agreed to (RFC 7540 section 3.2): the caller goes on with an
  // Http2Session, whose stream 1 it is.
  struct Upgrade {
    Request request;
    std::string settings;  // HTTP2-Settings, decoded
  };
  std::optional<Upgrade> take_upgrade() { return std::exchange(upgrade_, std::nullopt); }
  // What came after it.
  std::string take_input() { return std::exchange(input_, {}); }

 private:
  enum class State { header, body, chunk_size, chunk, chunk_end, trailer, answering, upgraded, finished };

  // Each consumes from the front of `input` and returns false when it needs more.
  bool read_header(std::string_view& input);
  bool read_body(std::string_view& input);
  bool read_line(std::string_view& input, std::string_view& line);
  bool read_chunk_size(std::string_view& input);
  bool read_chunk_end(std::string_view& input);
  bool read_trailer(std::string_view& input);
  bool step(std::string_view& input);
  void resume();

  void begin_request(Http1RequestHead head, std::string_view input);
  bool begin_upgrade();
  bool take_body(std::string_view& input);
  void request_complete();
  void send_answer();
  void write_head(const AnswerHead& head);
  void end_answer(Exchange::End end);
  // Answers without a handler, then closes: what follows in the input cannot be trusted or is not wanted.
  void refuse(int status, std::string_view reason);

  const SessionContext& context_;
  const std::shared_ptr<Mailbox> mailbox_;
  SendQueue output_;
  State state_ = State::header;
  std::string input_;        // not yet consumed
  std::size_t scanned_ = 0;  // of input_, without the end of the header or line
  Http1RequestHead head_;
  std::string body_;
  BodyShare share_;
  std::uint64_t body_left_ = 0;  // of the body or of the chunk
  std::size_t trailer_bytes_ = 0;
  Headers answer_headers_;  // CORS
  std::shared_ptr<Exchange> exchange_;
  std::uint64_t exchange_id_ = 0;
  std::optional<Upgrade> upgrade_;
  Duration state_since_;  // of the request's first byte, of the last answer's end, of the answer's last progress
  bool request_begun_ = false;
  bool head_sent_ = false;
  bool is_chunked_answer_ = false;
  bool is_bodiless_answer_ = false;
  bool keep_alive_ = true;
  bool input_ended_ = false;
  bool shutting_down_ = false;
  bool is_refused_ = false;
};

}  // namespace filo::net
