// Every truncation and every single-bit flip of a small journal: detected or harmless, never a wrong payload.
#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"
#include "base/manual_clock.h"
#include "io/memory_file_system.h"
#include "journal/journal_log.h"

namespace filo::journal {
namespace {

std::string payload_of(int i) {
  std::string payload(static_cast<std::size_t>(i * 7 % 23), static_cast<char>('a' + i));
  const std::uint64_t hash = hash64(payload);
  payload.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
  return payload;
}

using Contents = std::map<std::string, std::string>;  // by path
using Records = std::map<Sequence, std::string>;

struct Journalled {
  Contents files;
  Records records;
};

Journalled write_small_journal() {
  io::MemoryFileSystem files;
  const ManualClock clock;
  LogConfig config;
  config.file_bytes_max = 240;
  auto log = *JournalLog::open(files, "j", config, clock, [](Sequence, std::string_view) {});
  Journalled journalled;
  for (int i = 0; i < 12; ++i) {
    const auto sequence = log->append(payload_of(i));
    journalled.records[sequence.value()] = payload_of(i);
    if (i % 3 == 1) continue;
    EXPECT_TRUE(log->commit());
  }
  const auto entries = files.list("j").value();
  for (const auto& entry : entries) {
    const std::string path = "j/" + entry.name;
    journalled.files[path] = files.open_read(path).value()->read_at(0, entry.bytes).value();
  }
  EXPECT_GE(journalled.files.size(), 3U);
  return journalled;
}

struct Outcome {
  std::size_t lost = 0;
  std::uint64_t reported = 0;  // torn bytes and corruptions
};

Outcome replay(const Contents& contents, const Records& records) {
  io::MemoryFileSystem files;
  const ManualClock clock;
  EXPECT_TRUE(files.make_dirs("j"));
  for (const auto& [path, bytes] : contents) {
    auto file = files.create(path);
    EXPECT_TRUE(file && (*file)->append(bytes));
  }
  std::size_t good = 0;
  Sequence last = 0;
  auto log = JournalLog::open(files, "j", {}, clock, [&](Sequence sequence, std::string_view payload) {
    EXPECT_GT(sequence, last);
    last = sequence;
    const auto expected = records.find(sequence);
    ASSERT_TRUE(expected != records.end()) << "a sequence nobody was given";
    EXPECT_EQ(payload, expected->second);
    ++good;
  });
  EXPECT_TRUE(log) << "damage never keeps a journal from opening";
  if (!log) return {};
  return {records.size() - good, log.value()->replay().torn_tail_bytes + log.value()->replay().corruption_count};
}

TEST(JournalDamage, NoneIsReportedWhenThereIsNone) {
  const Journalled journalled = write_small_journal();
  const Outcome outcome = replay(journalled.files, journalled.records);
  EXPECT_EQ(outcome.lost, 0U);
  EXPECT_EQ(outcome.reported, 0U);
}

TEST(JournalDamage, EveryTruncation) {
  const Journalled journalled = write_small_journal();
  for (const auto& [path, bytes] : journalled.files) {
    const bool is_last = path == journalled.files.rbegin()->first;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      Contents damaged = journalled.files;
      damaged[path].resize(size);
      const Outcome outcome = replay(damaged, journalled.records);
      // Only the newest file may end anywhere, as at the end of a record: then its end was never answered for.
      EXPECT_TRUE(outcome.reported > 0 || is_last) << path << " cut to " << size;
    }
  }
}

TEST(JournalDamage, EverySingleBitFlip) {
  const Journalled journalled = write_small_journal();
  for (const auto& [path, bytes] : journalled.files) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Contents damaged = journalled.files;
      damaged[path][bit / 8] = static_cast<char>(damaged[path][bit / 8] ^ (1 << bit % 8));
      const Outcome outcome = replay(damaged, journalled.records);
      EXPECT_GT(outcome.reported, 0U) << path << " bit " << bit;
      EXPECT_LE(outcome.lost, 1U) << path << " bit " << bit << ": only the record that was hit is lost";
    }
  }
}

TEST(JournalDamage, ARecordInsideAPayloadIsNotTakenForOne) {
  // The payload holds stored records with plausible sequences; only damage to the outer one could uncover them.
  io::MemoryFileSystem files;
  const ManualClock clock;
  auto log = *JournalLog::open(files, "j", {}, clock, [](Sequence, std::string_view) {});
  std::string payload;
  for (Sequence sequence = 1; sequence < 5; ++sequence) append_record(payload, sequence, "inner");
  ASSERT_TRUE(log->append(payload) && log->append(payload) && log->commit());
  log.reset();
  std::vector<std::string> replayed;
  ASSERT_TRUE(
      JournalLog::open(files, "j", {}, clock, [&](Sequence, std::string_view found) { replayed.emplace_back(found); }));
  EXPECT_EQ(replayed, (std::vector<std::string>{payload, payload}));
}

TEST(JournalDamage, BytesThatLookLikeManyLongRecordsCostABoundedTime) {
  io::MemoryFileSystem files;
  const ManualClock clock;
  ASSERT_TRUE(files.make_dirs("j"));
  std::string bytes = encode(FileHeader{Timestamp{1}, 1, 0, 0});
  while (bytes.size() < (1U << 20)) {
    const std::uint32_t header[4] = {200'000, 0, 7, 0};  // length, wrong checksum, sequence
    bytes.append(reinterpret_cast<const char*>(header), sizeof(header));
  }
  auto file = files.create("j/" + file_name(1));
  ASSERT_TRUE(file && (*file)->append(bytes));
  const auto log = JournalLog::open(files, "j", {}, clock, [](Sequence, std::string_view) { FAIL(); });
  EXPECT_EQ(log.value()->replay().torn_tail_bytes, bytes.size() - file_header_bytes);
}

}  // namespace
}  // namespace filo::journal
