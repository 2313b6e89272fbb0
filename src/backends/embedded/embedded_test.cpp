#include "backends/embedded/embedded.h"

#include <gtest/gtest.h>

#include <map>

#include "base/manual_clock.h"
#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "test/support/random_traces.h"

namespace filo::backends {
namespace {

constexpr Timestamp noon{1'700'002'800'000'000'000};

EmbeddedConfig config_for_tests() {
  EmbeddedConfig config;
  config.max_age = Duration::zero();
  return config;
}

std::unique_ptr<Embedded> open(io::FileSystem& files, const Clock& clock,
                               const EmbeddedConfig& config = config_for_tests()) {
  auto store = Embedded::create(files, clock, "data/parts", config);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

std::vector<pipeline::SealedTrace> make_traces(test::RandomTraces& source, std::size_t count, std::uint64_t through) {
  std::vector<pipeline::SealedTrace> traces;
  for (std::size_t i = 0; i < count; ++i) traces.push_back({source.next(), through});
  return traces;
}

std::size_t spans_found(const Embedded& store, TraceId id) {
  const auto found = store.find(id, Deadline::never());
  EXPECT_TRUE(found);
  SpanSet set = found->set;
  return assemble(id, std::move(set)).spans.size();
}

void collect(const io::FileSystem& files, const std::string& directory, std::vector<std::string>& out) {
  const auto entries = files.list(directory);
  ASSERT_TRUE(entries);
  for (const auto& entry : *entries) {
    const std::string path = directory + "/" + entry.name;
    if (entry.is_directory) {
      collect(files, path, out);
    } else {
      out.push_back(path);
    }
  }
}

std::vector<std::string> all_files(const io::FileSystem& files) {
  std::vector<std::string> out;
  collect(files, "data/parts", out);
  return out;
}

void overwrite(io::FileSystem& files, const std::string& path, const std::string& content) {
  if (*files.exists(path)) {
    ASSERT_TRUE(files.remove(path));
  }
  auto file = files.create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(content));
  ASSERT_TRUE((*file)->sync());
}

std::string content_of(const io::FileSystem& files, const std::string& path) {
  auto file = files.open_read(path);
  EXPECT_TRUE(file);
  return *(*file)->read_at(0, *(*file)->size());
}

class EmbeddedTest : public ::testing::Test {
 protected:
  io::MemoryFileSystem files_;
  ManualClock clock_{noon};
  test::RandomTraces source_{1, {.hostile = 0}};
};

TEST_F(EmbeddedTest, ADiskThatIsFullLeavesNothingBehind) {
  io::FaultyFileSystem faulty(files_);
  auto store = open(faulty, clock_);
  const auto kept = make_traces(source_, 5, 1);
  ASSERT_TRUE(store->write(kept));
  const auto before = all_files(files_);
  faulty.limit_free_bytes(500);
  const auto refused = make_traces(source_, 50, 2);
  const auto written = store->write(refused);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::disk_full);
  EXPECT_EQ(all_files(files_), before);
  EXPECT_EQ(spans_found(*store, refused.front().trace.id), 0U);
  EXPECT_EQ(store->metrics().writes_failed.value(), 1U);
  faulty.heal();
  ASSERT_TRUE(store->write(refused));
  EXPECT_EQ(spans_found(*store, refused.front().trace.id), refused.front().trace.spans.size());
}

TEST_F(EmbeddedTest, AWriteThatFailsAnywhereKeepsNothing) {
  using io::Operation;
  for (const auto operation : {Operation::create, Operation::append, Operation::sync, Operation::rename,
                               Operation::sync_dir, Operation::make_dirs}) {
    for (std::uint64_t call = 1; call <= 3; ++call) {
      io::MemoryFileSystem disk;
      io::FaultyFileSystem faulty(disk);
      auto store = open(faulty, clock_);
      test::RandomTraces source(9,
                                {.hostile = 0, .spread = std::chrono::minutes(130)});  // several hours, several parts
      const auto traces = make_traces(source, 20, 1);
      faulty.fail_call(operation, call);
      const auto written = store->write(traces);
      faulty.heal();
      if (written) continue;  // so many calls there were not
      for (const auto& trace : traces) EXPECT_EQ(spans_found(*store, trace.trace.id), 0U);
      EXPECT_TRUE(all_files(disk).empty()) << static_cast<int>(operation) << " " << call;
      ASSERT_TRUE(store->write(traces));
      for (const auto& trace : traces) EXPECT_EQ(spans_found(*store, trace.trace.id), trace.trace.spans.size());
    }
  }
}

TEST_F(EmbeddedTest, StrangersStayAndLeftoversGo) {
  auto store = open(files_, clock_);
  ASSERT_TRUE(store->write(make_traces(source_, 3, 1)));
  const std::string part = all_files(files_).front();
  const std::string hour = part.substr(0, part.rfind('/'));
  overwrite(files_, hour + "/00000000000000ff.part.tmp", "half a part");
  overwrite(files_, hour + "/notes.txt", "mine");
  overwrite(files_, "data/parts/readme", "mine");
  store = open(files_, clock_);
  const auto left = all_files(files_);
  EXPECT_EQ(std::count(left.begin(), left.end(), hour + "/notes.txt"), 1);
  EXPECT_EQ(std::count(left.begin(), left.end(), "data/parts/readme"), 1);
  EXPECT_EQ(std::count(left.begin(), left.end(), hour + "/00000000000000ff.part.tmp"), 0);
  ASSERT_TRUE(store->write(make_traces(source_, 3, 2)));
  const auto after = all_files(files_);
  EXPECT_EQ(std::count(after.begin(), after.end(), hour + "/0000000000000100.part"), 1);  // numbers never come again
}

TEST_F(EmbeddedTest, ADamagedFooterIsSetAsideAndSaid) {
  auto store = open(files_, clock_);
  const auto good = make_traces(source_, 3, 1);
  ASSERT_TRUE(store->write(good));
  const std::string good_part = all_files(files_).front();
  const auto bad = make_traces(source_, 3, 2);
  ASSERT_TRUE(store->write(bad));
  std::string bad_part;
  for (const auto& path : all_files(files_)) {
    if (path != good_part) bad_part = path;
  }
  store.reset();
  std::string bytes = content_of(files_, bad_part);
  bytes[bytes.size() - 60] ^= 1;
  overwrite(files_, bad_part, bytes);
  for (int opened = 0; opened < 2; ++opened) {
    store = open(files_, clock_);
    EXPECT_TRUE(*files_.exists(bad_part + ".bad"));
    const auto found = store->find(good.front().trace.id, Deadline::never());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->set.spans.size(), good.front().trace.spans.size());
    EXPECT_FALSE(found->scan.complete);
    EXPECT_FALSE(found->scan.warnings.empty());
    EXPECT_FALSE(store->candidates({}, Deadline::never())->scan.complete);
    EXPECT_FALSE(store->facets({}, Deadline::never())->scan.complete);
  }
}

TEST_F(EmbeddedTest, ANewerFormatIsLeftAlone) {
  auto store = open(files_, clock_);
  ASSERT_TRUE(store->write(make_traces(source_, 3, 1)));
  const std::string path = all_files(files_).front();
  store.reset();
  std::string bytes = content_of(files_, path);
  parts::Tail tail;
  ASSERT_TRUE(parts::decode_tail(std::string_view(bytes).substr(bytes.size() - parts::tail_bytes), tail));
  tail.version = parts::format_version + 1;
  bytes.replace(bytes.size() - parts::tail_bytes, parts::tail_bytes, parts::encode_tail(tail));
  overwrite(files_, path, bytes);
  store = open(files_, clock_);
  EXPECT_TRUE(*files_.exists(path));
  EXPECT_FALSE(store->find({1, 1}, Deadline::never())->scan.complete);
}

TEST_F(EmbeddedTest, ADamagedPageCostsOnlyItself) {
  auto store = open(files_, clock_);
  const auto traces = make_traces(source_, 40, 1);
  ASSERT_TRUE(store->write(traces));
  const auto other = make_traces(source_, 5, 2);
  ASSERT_TRUE(store->write(other));
  const std::string path = all_files(files_).front();
  store.reset();
  std::string bytes = content_of(files_, path);
  bytes[20] ^= 1;  // in the first chunk
  overwrite(files_, path, bytes);
  store = open(files_, clock_);
  const auto page = store->candidates({}, Deadline::never());
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->scan.complete);
  EXPECT_LT(page->places.size(), traces.size() + other.size());
  EXPECT_GE(page->places.size(), other.size());
  EXPECT_GT(store->metrics().chunks_damaged.value(), 0U);
  // A merge would hide the damage: the part stays as it is, and nothing is lost.
  clock_.advance(std::chrono::hours(5));
  ASSERT_TRUE(store->maintain({}));
  EXPECT_TRUE(*files_.exists(path));
  for (const auto& trace : other) EXPECT_EQ(spans_found(*store, trace.trace.id), trace.trace.spans.size());
}

TEST_F(EmbeddedTest, GivesBackWhatReadersLeaveInParts) {
  auto store = open(files_, clock_);
  std::vector<pipeline::SealedTrace> first;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    auto traces = make_traces(source_, 20, seed);
    ASSERT_TRUE(store->write(traces));
    first.push_back(std::move(traces.front()));
  }
  const auto read_all = [&first](const Embedded& from) {
    for (const auto& sealed : first) EXPECT_EQ(spans_found(from, sealed.trace.id), sealed.trace.spans.size());
  };
  read_all(*store);
  const auto all = store->metrics().resident_bytes.value();
  EXPECT_GT(all, 0);

  EmbeddedConfig config = config_for_tests();
  config.resident_bytes_max = static_cast<std::size_t>(all) / 2;
  store = open(files_, clock_, config);
  read_all(*store);
  read_all(*store);
  EXPECT_GT(store->metrics().resident_bytes.value(), 0);
  EXPECT_LE(store->metrics().resident_bytes.value(), all / 2);
}

TEST_F(EmbeddedTest, RetentionRemovesTheOldestByAgeAndBySize) {
  EmbeddedConfig config = config_for_tests();
  config.max_age = std::chrono::hours(24);
  auto store = open(files_, clock_, config);
  const auto old = make_traces(source_, 10, 1);
  ASSERT_TRUE(store->write(old));
  ASSERT_TRUE(store->maintain({}));
  EXPECT_EQ(spans_found(*store, old.front().trace.id), old.front().trace.spans.size());
  clock_.advance(std::chrono::hours(26));
  ASSERT_TRUE(store->maintain({}));
  EXPECT_EQ(spans_found(*store, old.front().trace.id), 0U);
  EXPECT_TRUE(all_files(files_).empty());
  EXPECT_TRUE(files_.list("data/parts")->empty()) << "directories of hours that are over";
  // Far in the past by its own time, received now: kept as long as what is new.
  const auto late = make_traces(source_, 10, 2);
  ASSERT_TRUE(store->write(late));
  ASSERT_TRUE(store->maintain({}));
  EXPECT_EQ(spans_found(*store, late.front().trace.id), late.front().trace.spans.size());

  config.max_bytes = 1;
  store = open(files_, clock_, config);
  ASSERT_TRUE(store->maintain({}));
  EXPECT_TRUE(all_files(files_).empty());
  EXPECT_GT(store->metrics().parts_expired_by_space.value(), 0U);
}

TEST_F(EmbeddedTest, SmallPartsBecomeFewAndReadersOfOldOnesGoOn) {
  auto store = open(files_, clock_);
  std::vector<pipeline::SealedTrace> all;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const auto traces = make_traces(source_, 4, i);
    ASSERT_TRUE(store->write(traces));
    all.insert(all.end(), traces.begin(), traces.end());
  }
  const auto before = store->metrics().parts.value();
  ASSERT_TRUE(store->maintain({}));
  EXPECT_LT(store->metrics().parts.value(), before);
  EXPECT_EQ(static_cast<std::size_t>(store->metrics().parts.value()), all_files(files_).size());
  EXPECT_TRUE(*store->stored(all.back().trace.id, 20));
  EXPECT_FALSE(*store->stored(all.back().trace.id, 21));
  for (const auto& trace : all) EXPECT_EQ(spans_found(*store, trace.trace.id), trace.trace.spans.size());
  EXPECT_EQ(store->stored_through(), 20U);
}

TEST_F(EmbeddedTest, ATracesRevisionChangesWithItsPartsAlone) {
  auto store = open(files_, clock_);
  test::RandomTraces source(17, {});
  const auto first = make_traces(source, 1, 1);
  const TraceId id = first[0].trace.id;
  ASSERT_TRUE(store->write(first));
  const auto before = store->revision(id);
  ASSERT_TRUE(before);
  ASSERT_TRUE(store->write(make_traces(source, 20, 2)));
  EXPECT_EQ(store->revision(id), before);
  const pipeline::SealedTrace late[] = {{source.next(id), 3}};
  ASSERT_TRUE(store->write(late));
  ASSERT_TRUE(store->revision(id));
  EXPECT_NE(store->revision(id), before);
}

TEST_F(EmbeddedTest, AnExpiredDeadlineIsSaid) {
  auto store = open(files_, clock_);
  const auto traces = make_traces(source_, 10, 1);
  ASSERT_TRUE(store->write(traces));
  const Deadline over = Deadline::after(clock_, Duration::zero());
  EXPECT_FALSE(store->find(traces.front().trace.id, over)->scan.complete);
  const auto page = store->candidates({}, over);
  EXPECT_FALSE(page->scan.complete);
  EXPECT_FALSE(page->exhausted);
  EXPECT_FALSE(store->facets({}, over)->scan.complete);
}

// Whatever moment the power goes: what write() confirmed is there once, and the store opens.
TEST(EmbeddedPowerCut, LosesNothingThatWasConfirmedAndDoublesNothing) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    io::MemoryFileSystem disk;
    io::FaultyFileSystem faulty(disk, seed);
    ManualClock clock{noon};
    test::RandomTraces source(seed, {.spans_max = 3, .hostile = 0});
    EmbeddedConfig config = config_for_tests();
    config.small_parts_max = 3;
    std::vector<pipeline::SealedTrace> confirmed;
    for (int life = 0; life < 3; ++life) {
      auto store = open(faulty, clock, config);
      ASSERT_NE(store, nullptr);
      // From some call on nothing reaches the disk: the moment of the cut.
      std::uint64_t calls_left = 5 + random.below(150);
      faulty.fail_when([&calls_left](io::Operation, const std::string&) -> std::optional<io::Fault> {
        if (calls_left > 0) return --calls_left, std::nullopt;
        return io::Fault{};
      });
      for (std::uint64_t i = 0; i < 6; ++i) {
        const auto traces = make_traces(source, 2, i + 1);
        if (store->write(traces)) confirmed.insert(confirmed.end(), traces.begin(), traces.end());
        if (random.chance(0.3)) clock.advance(std::chrono::minutes(40));
        if (random.chance(0.5)) static_cast<void>(store->maintain({}));
      }
      store.reset();
      faulty.heal();
      disk.power_cut(random);
    }
    auto store = open(faulty, clock, config);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(store->metrics().parts_unreadable.value(), 0);
    for (const auto& trace : confirmed) {
      const auto found = store->find(trace.trace.id, Deadline::never());
      ASSERT_TRUE(found);
      EXPECT_TRUE(found->scan.complete);
      EXPECT_EQ(found->set.spans.size(), trace.trace.spans.size());
    }
  }
}

}  // namespace
}  // namespace filo::backends
