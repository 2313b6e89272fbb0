// A thousand lives of a journal on a disk that fails and loses power: random appends, commits, releases, rotations and
// faults, a power cut at a random moment, and again. After each: what was answered for and not released is there, once,
// in order, byte for byte, and nothing is there that was never appended.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/hash.h"
#include "base/manual_clock.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "journal/journal_log.h"

namespace filo::journal {
namespace {

constexpr std::uint64_t seeds = 1000;
constexpr int lives = 4;

class JournalLife {
 public:
  explicit JournalLife(std::uint64_t seed) : random_(seed), disk_(1U << 20), files_(disk_, seed) {
    config_.file_bytes_max = 500 + random_.below(4000);
  }

  void live() {
    for (int life = 0; life < lives; ++life) {
      open_and_check();
      if (testing::Test::HasFatalFailure()) return;
      const int steps = static_cast<int>(random_.below(120));
      for (int i = 0; i < steps; ++i) step();
      files_.heal();
      if (random_.chance(0.7)) disk_.power_cut(random_);  // else the process alone dies
      log_.reset();
      waiting_.clear();
      known_max_ = answered_max_;
    }
    open_and_check();
  }
  std::uint64_t answered() const { return answered_count_; }
  std::uint64_t faults() const { return fault_count_; }

 private:
  void open_and_check() {
    std::map<Sequence, std::string> replayed;
    const auto visit = [&](Sequence sequence, std::string_view payload) {
      EXPECT_TRUE(replayed.empty() || replayed.rbegin()->first < sequence) << "in order, once";
      EXPECT_TRUE(appended_[sequence].contains(std::string(payload))) << sequence << " was never appended";
      replayed.emplace(sequence, payload);
    };
    auto log = JournalLog::open(files_, "data/journal", config_, clock_, visit);
    ASSERT_TRUE(log) << log.error().message;
    log_ = *std::move(log);
    for (const auto& [sequence, payload] : answered_) {
      const auto found = replayed.find(sequence);
      ASSERT_TRUE(found != replayed.end()) << sequence << " was answered for";
      EXPECT_EQ(found->second, payload);
    }
    // Numbers that were neither answered nor seen in a replay may be given again.
    if (!replayed.empty()) known_max_ = std::max(known_max_, replayed.rbegin()->first);
    EXPECT_GT(log_->next_sequence(), known_max_);
  }

  void step() {
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return append();
      case 4:
      case 5:
      case 6:
      case 7:
        return commit();
      case 8:
        return release();
      case 9:
        return rotate();
      case 10:
        return begin_fault();
      default:
        return files_.heal();
    }
  }

  void append() {
    std::string payload(random_.below(random_.chance(0.1) ? 3000 : 200), static_cast<char>(random_.next()));
    const std::uint64_t hash = hash64(payload, random_.next());
    payload.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
    const auto sequence = log_->append(payload);
    ASSERT_TRUE(sequence);
    EXPECT_GT(sequence.value(), known_max_);
    known_max_ = sequence.value();
    appended_[sequence.value()].insert(payload);
    waiting_[sequence.value()] = std::move(payload);
  }

  void commit() {
    if (log_->commit()) {
      answered_count_ += waiting_.size();
      if (!waiting_.empty()) answered_max_ = waiting_.rbegin()->first;
      answered_.merge(waiting_);
    } else {
      count_fault();
    }
    waiting_.clear();
  }

  void release() {
    if (answered_.empty()) return;
    auto through = answered_.begin();
    std::advance(through, random_.below(answered_.size()));
    if (random_.chance(0.1)) through = std::prev(answered_.end());
    const Sequence released = through->first;
    if (!log_->release(released)) count_fault();
    answered_.erase(answered_.begin(), answered_.upper_bound(released));
  }

  void rotate() {
    if (!waiting_.empty() || random_.chance(0.5)) return;
    if (!log_->rotate()) count_fault();
  }

  void begin_fault() {
    constexpr io::Operation operations[] = {io::Operation::append,   io::Operation::sync,   io::Operation::create,
                                            io::Operation::sync_dir, io::Operation::remove, io::Operation::truncate};
    switch (random_.below(5)) {
      case 0:
        return files_.set_access(io::Access::read_only);
      case 1:
        return files_.limit_free_bytes(random_.below(2000));
      case 2:
        return files_.fail_randomly(operations[random_.below(6)], 0.5, {ErrorCode::disk_full, 0});
      default:
        return files_.fail_call(operations[random_.below(6)], 1 + random_.below(3));
    }
  }

  void count_fault() { ++fault_count_; }

  Random random_;
  ManualClock clock_;
  io::MemoryFileSystem disk_;
  io::FaultyFileSystem files_;
  LogConfig config_;
  std::unique_ptr<JournalLog> log_;
  std::map<Sequence, std::set<std::string>> appended_;
  std::map<Sequence, std::string> waiting_;   // for the next commit
  std::map<Sequence, std::string> answered_;  // and not released
  Sequence answered_max_ = 0;
  Sequence known_max_ = 0;
  std::uint64_t answered_count_ = 0;
  std::uint64_t fault_count_ = 0;
};

TEST(JournalPowerCut, NothingAnsweredForIsLost) {
  std::uint64_t answered = 0;
  std::uint64_t faults = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    JournalLife life(seed);
    life.live();
    answered += life.answered();
    faults += life.faults();
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(answered, seeds * 20) << "the simulation did its work";
  EXPECT_GT(faults, seeds * 3);
}

}  // namespace
}  // namespace filo::journal
