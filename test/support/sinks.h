// Sinks for tests of receivers, named for what they do.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "pipeline/span_sink.h"

namespace filo::test {

// Keeps every batch and acknowledges it at once.
class RecordingSink final : public pipeline::SpanSink {
 public:
  Result<void> offer(SpanBatch batch, pipeline::Ack ack) override {
    {
      const std::lock_guard lock(mutex_);
      spans_ += batch.spans.size();
      batches_.push_back(std::move(batch));
    }
    changed_.notify_all();
    ack({});
    return {};
  }
  std::vector<SpanBatch> take() {
    const std::lock_guard lock(mutex_);
    spans_ = 0;
    return std::move(batches_);
  }
  // False when they have not come within ten seconds.
  bool wait_for_spans(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return spans_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SpanBatch> batches_;
  std::size_t spans_ = 0;
};

// Takes nothing.
class RefusingSink final : public pipeline::SpanSink {
 public:
  explicit RefusingSink(ErrorCode code) : code_(code) {}
  Result<void> offer(SpanBatch, pipeline::Ack) override { return Error{code_, "refused by the test"}; }

 private:
  ErrorCode code_;
};

// Takes everything and makes nothing durable.
class FailingSink final : public pipeline::SpanSink {
 public:
  Result<void> offer(SpanBatch, pipeline::Ack ack) override {
    ack(Error{ErrorCode::io_failed, "write: no such disk"});
    return {};
  }
};

}  // namespace filo::test
