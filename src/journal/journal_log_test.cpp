#include "journal/journal_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/manual_clock.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"

namespace filo::journal {
namespace {

using io::Operation;

class JournalLogTest : public testing::Test {
 protected:
  void open() {
    log_.reset();
    records_.clear();
    auto log = JournalLog::open(files_, "data/j", config_, clock_, [this](Sequence sequence, std::string_view payload) {
      records_.emplace_back(sequence, payload);
    });
    ASSERT_TRUE(log) << log.error().message;
    log_ = *std::move(log);
  }
  Sequence put(std::string_view payload) {
    const auto sequence = log_->append(payload);
    EXPECT_TRUE(sequence && log_->commit());
    return sequence.value();
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> all;
    for (const auto& record : records_) all.push_back(record.second);
    return all;
  }
  std::string newest_path() { return "data/j/" + files_.list("data/j").value().back().name; }

  using Strings = std::vector<std::string>;
  ManualClock clock_;
  io::MemoryFileSystem memory_;
  io::FaultyFileSystem files_{memory_};
  LogConfig config_;
  std::unique_ptr<JournalLog> log_;
  std::vector<std::pair<Sequence, std::string>> records_;
};

TEST_F(JournalLogTest, GivesBackWhatWasCommittedInOrder) {
  open();
  EXPECT_TRUE(records_.empty());
  EXPECT_EQ(log_->append("a").value(), 1U);
  EXPECT_EQ(log_->append("").value(), 2U);
  EXPECT_TRUE(log_->commit());
  EXPECT_EQ(put("c"), 3U);
  ASSERT_TRUE(log_->append("never committed"));
  open();
  EXPECT_EQ(payloads(), (Strings{"a", "", "c"}));
  EXPECT_EQ(records_[2].first, 3U);
  EXPECT_GT(put("d"), 3U);
  open();
  EXPECT_EQ(payloads(), (Strings{"a", "", "c", "d"}));
  EXPECT_EQ(log_->replay().corruption_count, 0U);
  EXPECT_EQ(log_->replay().torn_tail_bytes, 0U);
}

TEST_F(JournalLogTest, OneProcessAtATime) {
  open();
  const auto second = JournalLog::open(files_, "data/j", config_, clock_, [](Sequence, std::string_view) {});
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
}

TEST_F(JournalLogTest, RotatesAndDeletesWholeReleasedFiles) {
  config_.file_bytes_max = 1000;
  open();
  std::vector<Sequence> sequences;
  for (int i = 0; i < 20; ++i) sequences.push_back(put(std::string(400, static_cast<char>('a' + i))));
  EXPECT_EQ(log_->files(), 10U);
  EXPECT_EQ(log_->oldest_sequence(), 1U);
  const auto bytes = log_->bytes();
  EXPECT_TRUE(log_->release(sequences[0])) << "half a file is kept whole";
  EXPECT_EQ(log_->files(), 10U);
  EXPECT_TRUE(log_->release(sequences[4]));
  EXPECT_EQ(log_->files(), 8U);
  EXPECT_LT(log_->bytes(), bytes);
  open();
  EXPECT_EQ(records_.size(), 16U);
  EXPECT_EQ(records_.front().first, sequences[4]);
  EXPECT_EQ(log_->replay().corruption_count, 0U);
}

TEST_F(JournalLogTest, ForgetsEverythingAndStillNeverReusesASequence) {
  Sequence last = 0;
  for (int round = 0; round < 5; ++round) {
    open();
    EXPECT_TRUE(records_.empty());
    const Sequence sequence = put("x");
    EXPECT_GT(sequence, last);
    last = sequence;
    EXPECT_TRUE(log_->release(last));
    EXPECT_EQ(log_->files(), 1U);
    EXPECT_EQ(log_->bytes(), file_header_bytes);
  }
}

TEST_F(JournalLogTest, ALargeCommitIsOneFile) {
  config_.file_bytes_max = 100;
  open();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log_->append(std::string(500, 'x')));
  EXPECT_TRUE(log_->commit());
  EXPECT_EQ(log_->files(), 1U);
  EXPECT_EQ(log_->append(std::string(std::size_t{config_.record_bytes_max} + 1, 'x')).error().code,
            ErrorCode::too_large);
  open();
  EXPECT_EQ(records_.size(), 3U);
}

TEST_F(JournalLogTest, ATornTailIsCutAndCounted) {
  open();
  put("first");
  put("second");
  {
    auto file = memory_.open(newest_path());
    ASSERT_TRUE(file && (*file)->append(std::string_view("\x10\0\0\0torn", 8)));
  }
  open();
  EXPECT_EQ(payloads(), (Strings{"first", "second"}));
  EXPECT_EQ(log_->replay().torn_tail_bytes, 8U);
  EXPECT_EQ(log_->replay().corruption_count, 0U);
  open();
  EXPECT_EQ(log_->replay().torn_tail_bytes, 0U) << "cut for good";
}

TEST_F(JournalLogTest, AFullDiskLeavesTheLogWholeAndUsable) {
  open();
  put("kept");
  files_.limit_free_bytes(10);
  ASSERT_TRUE(log_->append("does not fit"));
  EXPECT_EQ(log_->commit().error().code, ErrorCode::disk_full);
  files_.heal();
  put("fits again");
  EXPECT_EQ(log_->files(), 1U);
  open();
  EXPECT_EQ(payloads(), (Strings{"kept", "fits again"}));
  EXPECT_EQ(log_->replay().corruption_count + log_->replay().torn_tail_bytes, 0U);
}

TEST_F(JournalLogTest, AFileWhoseSyncFailedIsNeverWrittenAgainAndItsUnansweredTailIsIgnored) {
  open();
  put("kept");
  files_.fail_call(Operation::sync, 1);
  ASSERT_TRUE(log_->append("unanswered"));
  EXPECT_EQ(log_->commit().error().code, ErrorCode::io_failed);
  const std::string path = newest_path();
  const auto size = memory_.open_read(path).value()->size().value();
  put("in a new file");
  EXPECT_EQ(log_->files(), 2U);
  EXPECT_EQ(memory_.open_read(path).value()->size().value(), size);
  open();
  EXPECT_EQ(payloads(), (Strings{"kept", "in a new file"}));
  EXPECT_EQ(log_->replay().corruption_count, 0U);
}

TEST_F(JournalLogTest, EveryFailureOfANewFileIsSurvived) {
  for (const Operation operation : {Operation::create, Operation::append, Operation::sync, Operation::sync_dir}) {
    for (const bool is_removal_failing : {false, true}) {
      open();
      put("kept");
      ASSERT_TRUE(log_->append("unanswered"));
      open();  // so that the next commit begins a file
      ASSERT_TRUE(log_->append("unanswered"));
      files_.fail_call(operation, 1);
      if (is_removal_failing) files_.fail_call(Operation::remove, 1);
      EXPECT_FALSE(log_->commit());
      put("also kept");
      const Sequence last = put("and this");
      open();
      const auto kept = payloads();
      EXPECT_EQ(std::count(kept.begin(), kept.end(), "kept"), 1);
      EXPECT_EQ(std::count(kept.begin(), kept.end(), "also kept"), 1);
      EXPECT_EQ(std::count(kept.begin(), kept.end(), "and this"), 1);
      EXPECT_EQ(log_->replay().corruption_count, 0U);
      EXPECT_TRUE(log_->release(last));
      EXPECT_EQ(log_->files(), 1U);
      EXPECT_EQ(files_.list("data/j").value().size(), 1U);
    }
  }
}

TEST_F(JournalLogTest, AReadOnlyDiskRefusesAndHealsWithoutAHand) {
  open();
  put("kept");
  files_.set_access(io::Access::read_only);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(log_->append("unanswered"));
    EXPECT_FALSE(log_->commit());
    EXPECT_FALSE(log_->rotate());
    EXPECT_FALSE(log_->release(1));
  }
  files_.heal();
  EXPECT_TRUE(log_->rotate());
  put("again");
  open();
  EXPECT_EQ(payloads().front(), "kept");
  EXPECT_EQ(payloads().back(), "again");
  EXPECT_EQ(log_->replay().corruption_count, 0U);
}

TEST_F(JournalLogTest, ALaterFormatVersionIsNamedAndNothingTouched) {
  open();
  put("ours");
  log_.reset();
  std::string header = encode(FileHeader{Timestamp{1}, 77, 0, 0});
  header[8] = 9;
  ByteWriter crc;
  crc.fixed(crc32c(std::string_view(header).substr(0, file_header_bytes - 4)));
  header.replace(file_header_bytes - 4, 4, crc.view());
  {
    auto file = memory_.create("data/j/" + file_name(77));
    ASSERT_TRUE(file && (*file)->append(header));
    auto torn = memory_.open("data/j/" + file_name(1));
    ASSERT_TRUE(torn && (*torn)->append("torn"));
  }
  const auto size = memory_.open_read("data/j/" + file_name(1)).value()->size().value();
  const auto refused = JournalLog::open(files_, "data/j", config_, clock_, [](Sequence, std::string_view) { FAIL(); });
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_NE(refused.error().message.find("version 9"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("up to 1"), std::string::npos);
  EXPECT_EQ(memory_.open_read("data/j/" + file_name(1)).value()->size().value(), size);
}

TEST_F(JournalLogTest, AMissingEndOfAnEarlierFileIsCorruption) {
  config_.file_bytes_max = 100;
  open();
  put(std::string(80, 'a'));
  put(std::string(80, 'b'));
  log_.reset();
  ASSERT_TRUE(memory_.open("data/j/" + file_name(1)).value()->truncate(file_header_bytes));
  open();
  EXPECT_EQ(payloads(), Strings{std::string(80, 'b')});
  ASSERT_EQ(log_->replay().corruption_count, 1U);
  EXPECT_EQ(log_->replay().corruptions[0].file, "data/j/" + file_name(1));
  EXPECT_EQ(log_->replay().corruptions[0].offset, file_header_bytes);
  EXPECT_EQ(log_->replay().corruptions[0].bytes, 96U);
}

TEST_F(JournalLogTest, IntervalModeSyncsWhenTold) {
  config_.sync = SyncMode::interval;
  open();
  put("a");
  files_.fail_call(Operation::sync, 1);
  put("b");
  EXPECT_FALSE(log_->sync());
  put("c");
  EXPECT_TRUE(log_->sync());
  open();
  EXPECT_EQ(payloads(), (Strings{"a", "b", "c"}));
}

}  // namespace
}  // namespace filo::journal
