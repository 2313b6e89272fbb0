#include "net/exchange.h"

#include "base/check.h"

namespace filo::net {

void Mailbox::post(std::uint64_t exchange_id) {
  const MutexLock lock(mutex_);
  if (!schedule_) return;
  ids_.push_back(exchange_id);
  if (scheduled_) return;
  scheduled_ = true;
  schedule_();
}

void Mailbox::hold() {
  const MutexLock lock(mutex_);
  scheduled_ = true;
}

std::vector<std::uint64_t> Mailbox::take() {
  const MutexLock lock(mutex_);
  if (ids_.empty()) scheduled_ = false;
  return std::exchange(ids_, {});
}

void Mailbox::close() {
  const MutexLock lock(mutex_);
  schedule_ = {};
  ids_.clear();
}

void Exchange::announce() {
  if (announced_ || closed_) return;
  announced_ = true;
  mailbox_->post(id_);
}

void Exchange::respond(Response response) {
  Chunk body;
  if (response.static_body.empty()) {
    body.owner = std::make_shared<const std::string>(std::move(response.body));
    body.bytes = *body.owner;
  } else {
    body.bytes = response.static_body;
  }
  const MutexLock lock(mutex_);
  head_ = AnswerHead{response.status, std::move(response.headers), body.bytes.size()};
  buffered_bytes_ += body.bytes.size();
  if (!body.bytes.empty()) chunks_.push_back(std::move(body));
  end_ = End::finished;
  announce();
}

void Exchange::start(int status, Headers headers) {
  const MutexLock lock(mutex_);
  head_ = AnswerHead{status, std::move(headers), std::nullopt};
  announce();
}

bool Exchange::write(std::string bytes) {
  Chunk chunk;
  chunk.owner = std::make_shared<const std::string>(std::move(bytes));
  chunk.bytes = *chunk.owner;
  mutex_.lock();
  // The I/O thread cannot wait for itself: a handler that writes there has the buffer and no more.
  const bool may_wait = !mailbox_->on_io_thread();
  while (may_wait && !closed_ && buffered_bytes_ >= buffer_bytes_max_) taken_.wait(mutex_);
  const bool accepted = !closed_ && buffered_bytes_ < buffer_bytes_max_ && end_ == End::open;
  if (accepted && !chunk.bytes.empty()) {
    buffered_bytes_ += chunk.bytes.size();
    chunks_.push_back(std::move(chunk));
    announce();
  }
  mutex_.unlock();
  return accepted;
}

void Exchange::finish(Headers trailers) {
  const MutexLock lock(mutex_);
  trailers_ = std::move(trailers);
  end_ = End::finished;
  announce();
}

void Exchange::respond_without_body(int status, Headers headers, Headers trailers) {
  const MutexLock lock(mutex_);
  head_ = AnswerHead{status, std::move(headers), std::nullopt};
  trailers_ = std::move(trailers);
  end_ = End::finished;
  announce();
}

void Exchange::abandon() {
  const MutexLock lock(mutex_);
  if (end_ != End::open) return;
  end_ = End::abandoned;
  announce();
}

Exchange::Progress Exchange::take(std::size_t bytes_max) {
  Progress progress;
  {
    const MutexLock lock(mutex_);
    announced_ = false;
    progress.head = std::exchange(head_, std::nullopt);
    std::size_t taken = 0;
    while (!chunks_.empty() && taken < bytes_max) {
      taken += chunks_.front().bytes.size();
      progress.chunks.push_back(std::move(chunks_.front()));
      chunks_.pop_front();
    }
    buffered_bytes_ -= taken;
    if (chunks_.empty()) {
      progress.end = end_;
      progress.trailers = std::exchange(trailers_, {});
    }
  }
  taken_.notify_all();
  return progress;
}

void Exchange::close() {
  std::deque<Chunk> unsent;
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    unsent.swap(chunks_);
    buffered_bytes_ = 0;
  }
  taken_.notify_all();
}

namespace {

class ExchangeStream final : public ResponseStream {
 public:
  explicit ExchangeStream(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeStream() override { exchange_->abandon(); }
  bool write(std::string chunk) override { return exchange_->write(std::move(chunk)); }
  void finish() override { exchange_->finish({}); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

class ExchangeResponder final : public Responder {
 public:
  explicit ExchangeResponder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeResponder() override {
    if (exchange_) exchange_->abandon();
  }
  void respond(Response response) override {
    CHECK(exchange_ != nullptr);
    std::exchange(exchange_, nullptr)->respond(std::move(response));
  }
  std::unique_ptr<ResponseStream> stream(int status, Headers headers) override {
    CHECK(exchange_ != nullptr);
    exchange_->start(status, std::move(headers));
    return std::make_unique<ExchangeStream>(std::exchange(exchange_, nullptr));
  }

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

std::unique_ptr<Responder> make_responder(std::shared_ptr<Exchange> exchange) {
  return std::make_unique<ExchangeResponder>(std::move(exchange));
}

}  // namespace filo::net
