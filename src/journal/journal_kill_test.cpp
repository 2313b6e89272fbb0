// A process that is killed in the middle of its work loses nothing it answered for.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "base/hash.h"
#include "base/random.h"
#include "io/posix_file_system.h"
#include "journal/journal.h"
#include "test/support/temporary_directory.h"

namespace filo::journal {
namespace {

// What the child writes to the pipe: a sequence that was answered as durable, and the hash of its payload.
struct Answered {
  Sequence sequence;
  std::uint64_t hash;
};

JournalConfig small_files() {
  JournalConfig config;
  config.log.file_bytes_max = 256U << 10;
  config.reserve_bytes = 0;
  return config;
}

[[noreturn]] void append_until_killed(const std::string& dir, int pipe_end, std::uint64_t seed) {
  io::PosixFileSystem files;
  const SystemClock clock;
  Random random(seed);
  auto journal = Journal::open(files, dir, small_files(), clock, [](Sequence, std::string_view) {});
  CHECK(journal);
  while (true) {
    auto payload = std::make_unique<std::string>(random.below(20'000), static_cast<char>(random.next()));
    const std::string_view view = *payload;
    Journal::Done done = [payload = std::move(payload), pipe_end](const Result<Sequence>& sequence) {
      CHECK(sequence);
      const Answered answered{sequence.value(), hash64(*payload)};
      CHECK(::write(pipe_end, &answered, sizeof(answered)) == sizeof(answered));
    };
    while (!journal.value()->append(view, std::move(done))) std::this_thread::yield();
  }
}

TEST(JournalKill, EverythingAnsweredComesBack) {
  const test::TemporaryDirectory dir;
  std::map<Sequence, std::uint64_t> answered;
  for (std::uint64_t round = 0; round < 5; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      append_until_killed(dir.path(), ends[1], round);
    }
    ::close(ends[1]);
    Answered one{};
    const std::size_t until = answered.size() + 50 + round * 37;
    while (::read(ends[0], &one, sizeof(one)) == sizeof(one)) {
      answered[one.sequence] = one.hash;
      if (answered.size() == until) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    ASSERT_GE(answered.size(), until);

    std::map<Sequence, std::uint64_t> replayed;
    io::PosixFileSystem files;
    const SystemClock clock;
    const auto log = JournalLog::open(files, dir.path(), small_files().log, clock,
                                      [&replayed](Sequence sequence, std::string_view payload) {
                                        EXPECT_TRUE(replayed.emplace(sequence, hash64(payload)).second);
                                      });
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log.value()->replay().corruption_count, 0U);
    for (const auto& [sequence, hash] : answered) {
      const auto found = replayed.find(sequence);
      ASSERT_TRUE(found != replayed.end()) << sequence;
      EXPECT_EQ(found->second, hash);
    }
  }
}

}  // namespace
}  // namespace filo::journal
