#include "net/session.h"

#include "net/http1_session.h"
#include "net/http2_session.h"

namespace filo::net {
namespace {

constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class ProtocolSession final : public Session {
 public:
  ProtocolSession(const SessionContext& context, std::shared_ptr<Mailbox> mailbox)
      : context_(context), mailbox_(std::move(mailbox)), since_(context.clock.steady_now()) {}

  void receive(std::string_view untrusted) override {
    if (finished_) return;
    if (session_) {
      session_->receive(untrusted);
    } else {
      if (start_.empty()) since_ = context_.clock.steady_now();
      start_.append(untrusted);
      const bool may_be_http2 = http2_preface.starts_with(std::string_view(start_).substr(0, http2_preface.size()));
      if (may_be_http2 && start_.size() < http2_preface.size()) return;
      if (may_be_http2) {
        session_ = std::make_unique<Http2Session>(context_, mailbox_, SendQueue());
      } else {
        auto http1 = std::make_unique<Http1Session>(context_, mailbox_);
        http1_ = http1.get();
        session_ = std::move(http1);
      }
      session_->receive(std::exchange(start_, {}));
      if (shutting_down_) session_->shut_down();
    }
    upgrade_if_asked();
  }

  void end_of_input() override {
    if (session_) return session_->end_of_input();
    finished_ = true;
  }
  bool wants_input() const override { return session_ ? session_->wants_input() : !finished_; }
  void progress(std::uint64_t exchange_id) override {
    if (!session_) return;
    session_->progress(exchange_id);
    upgrade_if_asked();
  }
  void tick(Duration now) override {
    if (session_) return session_->tick(now);
    const Duration limit = start_.empty() ? context_.config.idle_timeout : context_.config.request_timeout;
    if (now - since_ > limit) finished_ = true;
  }
  void shut_down() override {
    shutting_down_ = true;
    if (session_) return session_->shut_down();
    if (start_.empty()) finished_ = true;
  }
  bool is_finished() const override { return session_ ? session_->is_finished() : finished_; }
  bool is_refused() const override { return session_ && session_->is_refused(); }
  std::size_t body_bytes_held() const override { return session_ ? session_->body_bytes_held() : 0; }
  SendQueue& output() override { return session_ ? session_->output() : nothing_; }

 private:
  void upgrade_if_asked() {
    if (http1_ == nullptr) return;
    auto upgrade = http1_->take_upgrade();
    if (!upgrade) return;
    auto http2 = std::make_unique<Http2Session>(context_, mailbox_, std::move(http1_->output()));
    const std::string input = http1_->take_input();
    http1_ = nullptr;
    http2->upgrade(std::move(upgrade->request), upgrade->settings);
    session_ = std::move(http2);
    session_->receive(input);
  }

  const SessionContext& context_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::string start_;  // shorter than the preface
  std::unique_ptr<Session> session_;
  Http1Session* http1_ = nullptr;  // the same, while it speaks HTTP/1
  SendQueue nothing_;
  Duration since_;
  bool finished_ = false;
  bool shutting_down_ = false;
};

}  // namespace

void settle(Session& session, Mailbox& mailbox) {
  for (auto ids = mailbox.take(); !ids.empty(); ids = mailbox.take()) {
    for (const std::uint64_t id : ids) session.progress(id);
  }
}

std::unique_ptr<Session> make_session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox) {
  return std::make_unique<ProtocolSession>(context, std::move(mailbox));
}

}  // namespace filo::net
