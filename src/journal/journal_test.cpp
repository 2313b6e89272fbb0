#include "journal/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "base/manual_clock.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "io/posix_file_system.h"
#include "test/support/temporary_directory.h"

namespace filo::journal {
namespace {

using io::Operation;
using namespace std::chrono_literals;

class JournalTest : public testing::Test {
 protected:
  void open() {
    journal_.reset();
    records_.clear();
    auto journal = Journal::open(files_, "j", config_, clock_, [this](Sequence sequence, std::string_view payload) {
      records_.emplace_back(sequence, payload);
    });
    ASSERT_TRUE(journal) << journal.error().message;
    journal_ = *std::move(journal);
  }
  // Appends and waits for the answer.
  Result<Sequence> put(std::string_view payload) {
    std::promise<Result<Sequence>> answer;
    auto future = answer.get_future();
    if (!journal_->append(payload, [&answer](Result<Sequence> result) { answer.set_value(std::move(result)); })) {
      return Error{ErrorCode::overloaded, std::string(name_of(journal_->refusal()))};
    }
    return future.get();
  }
  // Moves the clock on until the journal's own loop has done what is waited for; the deadline is the test's limit.
  template <typename Condition>
  bool eventually(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      clock_.advance(200ms);
      std::this_thread::yield();
    }
    return true;
  }

  ManualClock clock_;
  io::MemoryFileSystem memory_;
  io::FaultyFileSystem files_{memory_};
  JournalConfig config_;
  std::unique_ptr<Journal> journal_;
  std::vector<std::pair<Sequence, std::string>> records_;
};

TEST_F(JournalTest, AnswersWhenDurableAndGivesBack) {
  open();
  const auto first = put("first");
  const auto second = put("second");
  ASSERT_TRUE(first && second);
  EXPECT_LT(first.value(), second.value());
  EXPECT_EQ(journal_->metrics().appended_records.value(), 2U);
  EXPECT_EQ(journal_->metrics().appended_bytes.value(), 11U);
  open();
  ASSERT_EQ(records_.size(), 2U);
  EXPECT_EQ(records_[1].second, "second");
  EXPECT_EQ(journal_->metrics().replayed_records.value(), 2U);
}

TEST_F(JournalTest, CloseAnswersWhatWaitsAndRefusesTheRest) {
  open();
  const std::string payload(1000, 'x');
  std::atomic<int> answered{0};
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(journal_->append(payload, [&answered](const Result<Sequence>& result) { answered += result ? 1 : 0; }));
  }
  journal_->close();
  EXPECT_EQ(answered, 500);
  bool is_called = false;
  Journal::Done done = [&is_called](const Result<Sequence>&) { is_called = true; };
  EXPECT_FALSE(journal_->append(payload, std::move(done)));
  EXPECT_EQ(journal_->refusal(), Refusal::closed);
  EXPECT_TRUE(static_cast<bool>(done)) << "a refused answer stays the caller's";
  EXPECT_FALSE(is_called);
  EXPECT_LT(journal_->metrics().commits.value(), 500U) << "what waited was committed together";
  open();
  EXPECT_EQ(records_.size(), 500U);
}

TEST_F(JournalTest, RefusesWhenTooManyBytesWait) {
  config_.queue_bytes_max = 1000;
  open();
  // The first answer does not return until told, so that the queue cannot drain.
  std::promise<void> go_on;
  auto told = go_on.get_future();
  const std::string payload(300, 'x');
  ASSERT_TRUE(journal_->append(payload, [&told](const Result<Sequence>&) { told.wait(); }));
  int accepted = 1;
  while (accepted < 100 && journal_->append(payload, [](const Result<Sequence>&) {})) ++accepted;
  EXPECT_EQ(accepted, 2);
  EXPECT_EQ(journal_->metrics().refused[static_cast<std::size_t>(Refusal::queue_full)].value(), 1U);
  go_on.set_value();
  EXPECT_TRUE(eventually([this] { return journal_->metrics().waiting_bytes.value() == 0; }));
  EXPECT_TRUE(put(std::string(5000, 'y'))) << "alone, a record may exceed the limit";
}

TEST_F(JournalTest, RefusesWhenFullAndResumesWhenReleased) {
  config_.journal_bytes_max = 10'000;
  config_.log.file_bytes_max = 1000;
  open();
  Sequence last = 0;
  const std::string payload(900, 'x');
  int accepted = 0;
  for (auto answer = put(payload); answer; answer = put(payload), ++accepted) last = answer.value();
  EXPECT_GT(accepted, 5);
  EXPECT_LT(accepted, 11);
  EXPECT_EQ(journal_->metrics().refused[static_cast<std::size_t>(Refusal::journal_full)].value(), 1U);
  journal_->release(last);
  EXPECT_TRUE(eventually([this] { return journal_->metrics().files.value() == 1; }));
  EXPECT_TRUE(put(payload));
}

TEST_F(JournalTest, AFullDiskFailsThoseWhoWaitAndHealsByItself) {
  config_.reserve_bytes = 1000;
  open();
  ASSERT_TRUE(put("kept"));
  files_.limit_free_bytes(1500);
  EXPECT_EQ(put(std::string(2000, 'x')).error().code, ErrorCode::disk_full);
  EXPECT_EQ(journal_->refusal(), Refusal::disk_full);
  EXPECT_FALSE(put("refused"));
  files_.heal();
  EXPECT_TRUE(eventually([this] { return journal_->refusal() == Refusal::none; }));
  EXPECT_TRUE(put("again"));
  open();
  ASSERT_EQ(records_.size(), 2U);
  EXPECT_EQ(records_[1].second, "again");
}

TEST_F(JournalTest, TheReserveStaysFree) {
  config_.reserve_bytes = 1U << 20;
  open();
  files_.limit_free_bytes(config_.reserve_bytes - 1);
  EXPECT_TRUE(eventually([this] { return journal_->refusal() == Refusal::disk_full; }));
  files_.limit_free_bytes(2 * config_.reserve_bytes);
  EXPECT_TRUE(eventually([this] { return journal_->refusal() == Refusal::none; }));
  EXPECT_TRUE(put("x"));
}

TEST_F(JournalTest, AFailedSyncBreaksUntilANewFileWorks) {
  open();
  ASSERT_TRUE(put("kept"));
  files_.fail_when([](Operation operation, const std::string&) -> std::optional<io::Fault> {
    if (operation == Operation::sync) return io::Fault{};
    return std::nullopt;
  });
  EXPECT_EQ(put("lost").error().code, ErrorCode::io_failed);
  EXPECT_EQ(journal_->refusal(), Refusal::broken);
  EXPECT_FALSE(put("refused"));
  EXPECT_EQ(journal_->metrics().refused[static_cast<std::size_t>(Refusal::broken)].value(), 1U);
  EXPECT_EQ(journal_->metrics().sync_failures.value(), 1U);
  files_.heal();
  EXPECT_TRUE(eventually([this] { return journal_->refusal() == Refusal::none; }));
  EXPECT_TRUE(put("again"));
  open();
  ASSERT_EQ(records_.size(), 2U);
  EXPECT_EQ(records_[0].second, "kept");
  EXPECT_EQ(records_[1].second, "again");
  EXPECT_EQ(journal_->replay().corruption_count, 0U);
}

TEST_F(JournalTest, AFailedReleaseIsTriedAgain) {
  open();
  const auto last = put("x");
  ASSERT_TRUE(last);
  files_.fail_call(Operation::remove, 1);
  journal_->release(last.value());
  EXPECT_TRUE(eventually([this] { return journal_->metrics().release_failures.value() == 1; }));
  EXPECT_TRUE(eventually([this] { return journal_->metrics().files.value() == 1; }));
}

TEST_F(JournalTest, IntervalModeSyncsByTheClock) {
  config_.log.sync = SyncMode::interval;
  open();
  ASSERT_TRUE(put("x"));
  files_.fail_when([](Operation operation, const std::string&) -> std::optional<io::Fault> {
    if (operation == Operation::sync) return io::Fault{};
    return std::nullopt;
  });
  EXPECT_TRUE(put("y")) << "answered before the sync";
  EXPECT_TRUE(eventually([this] { return journal_->metrics().sync_failures.value() == 1; }));
  EXPECT_EQ(journal_->refusal(), Refusal::broken);
  files_.heal();
  EXPECT_TRUE(eventually([this] { return journal_->refusal() == Refusal::none; }));
  EXPECT_TRUE(put("z"));
}

TEST_F(JournalTest, ARecordOverTheLimitFailsAlone) {
  config_.log.record_bytes_max = 100;
  open();
  const auto large = put(std::string(101, 'x'));
  EXPECT_EQ(large.error().code, ErrorCode::too_large);
  EXPECT_TRUE(put(std::string(100, 'x')));
  EXPECT_EQ(journal_->refusal(), Refusal::none);
}

TEST_F(JournalTest, MetricsSayWhatTheyCount) {
  open();
  ASSERT_TRUE(put("x"));
  telemetry::MetricWriter writer;
  describe(journal_->metrics(), writer);
  const std::string text = writer.text();
  EXPECT_NE(text.find("filo_journal_appended_records_total 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("filo_journal_refused_total{reason=\"disk_full\"} 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("filo_journal_commit_seconds_count 1\n"), std::string::npos) << text;
}

TEST(JournalThreads, ManyProducersOnARealDisk) {
  const test::TemporaryDirectory dir;
  io::PosixFileSystem files;
  const SystemClock clock;
  JournalConfig config;
  config.log.file_bytes_max = 64U << 10;
  config.queue_bytes_max = 32U << 10;
  config.reserve_bytes = 0;
  constexpr int producers = 4;
  constexpr int records_each = 300;
  Mutex mutex;
  std::vector<std::pair<Sequence, std::string>> answered;
  {
    auto journal = Journal::open(files, dir.path(), config, clock, [](Sequence, std::string_view) {});
    ASSERT_TRUE(journal);
    std::vector<std::unique_ptr<Worker>> workers;
    for (int producer = 0; producer < producers; ++producer) {
      workers.push_back(std::make_unique<Worker>("producer", [&, producer](const std::stop_token&) {
        for (int i = 0; i < records_each; ++i) {
          auto payload = std::make_unique<std::string>(std::to_string(producer) + ":" + std::to_string(i));
          payload->append(static_cast<std::size_t>(i), '.');
          const std::string_view view = *payload;
          Journal::Done done = [&, payload = std::move(payload)](const Result<Sequence>& sequence) {
            const MutexLock lock(mutex);
            ASSERT_TRUE(sequence);
            answered.emplace_back(sequence.value(), *payload);
          };
          while (!journal.value()->append(view, std::move(done))) std::this_thread::yield();
        }
      }));
    }
    workers.clear();
    journal.value()->close();
  }
  ASSERT_EQ(answered.size(), static_cast<std::size_t>(producers * records_each));
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end())) << "answers come in the order of their sequences";
  std::vector<std::pair<Sequence, std::string>> replayed;
  ASSERT_TRUE(Journal::open(files, dir.path(), config, clock, [&replayed](Sequence sequence, std::string_view payload) {
    replayed.emplace_back(sequence, payload);
  }));
  EXPECT_EQ(replayed, answered);
}

}  // namespace
}  // namespace filo::journal
