// Replays arbitrary bytes as a journal file, before and among good ones. Whatever they are: no crash, bounded memory,
// the good files' records come back, and the log works afterwards.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/manual_clock.h"
#include "io/memory_file_system.h"
#include "journal/journal_log.h"

namespace filo::journal {
namespace {

std::unique_ptr<JournalLog> open(io::FileSystem& files, const Clock& clock, const Visitor& visit) {
  LogConfig config;
  config.record_bytes_max = 1U << 20;
  auto log = JournalLog::open(files, "j", config, clock, visit);
  if (!log) {
    CHECK(log.error().code == ErrorCode::unsupported);
    return nullptr;
  }
  return *std::move(log);
}

void write_file(io::FileSystem& files, Sequence first, std::string_view bytes) {
  auto file = files.create("j/" + file_name(first));
  CHECK(file && (*file)->append(bytes));
}

void replay_between_good_files(std::string_view bytes) {
  io::MemoryFileSystem files;
  const ManualClock clock;
  CHECK(files.make_dirs("j"));
  std::string good = encode(FileHeader{Timestamp{1}, 1, 0, 0});
  append_record(good, 1, "first");
  write_file(files, 1, good);
  write_file(files, 2, bytes);
  std::string last = encode(FileHeader{Timestamp{2}, 1000, 1, good.size()});
  append_record(last, 1000, "last");
  write_file(files, 1000, last);

  std::vector<Sequence> replayed;
  const auto visit = [&replayed](Sequence sequence, std::string_view) {
    CHECK(replayed.empty() || sequence > replayed.back());
    replayed.push_back(sequence);
  };
  auto log = open(files, clock, visit);
  if (log == nullptr) return;
  CHECK(replayed.size() >= 2 && replayed.front() == 1 && replayed.back() == 1000);
  const auto sequence = log->append("new");
  CHECK(sequence && sequence.value() > 1000 && log->commit());
  log.reset();

  std::vector<Sequence> again;
  log = open(files, clock, [&again](Sequence found, std::string_view) { again.push_back(found); });
  replayed.push_back(sequence.value());
  CHECK(log != nullptr && again == replayed);
  CHECK(log->release(again.back()) && log->files() == 1);
}

}  // namespace
}  // namespace filo::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  filo::journal::replay_between_good_files({reinterpret_cast<const char*>(data), size});
  return 0;
}
