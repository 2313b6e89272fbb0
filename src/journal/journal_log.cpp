#include "journal/journal_log.h"

#include <algorithm>
#include <map>

#include "io/directories.h"

namespace filo::journal {
namespace {

constexpr std::size_t pending_bytes_kept = 16U << 20;

}  // namespace

struct JournalLog::Found {
  Sequence first = 0;
  std::unique_ptr<io::File> file;
  std::uint64_t size = 0;
  std::optional<FileHeader> header;  // empty if damaged
};

Result<std::unique_ptr<JournalLog>> JournalLog::open(io::FileSystem& files, const std::string& dir,
                                                     const LogConfig& config, const Clock& clock,
                                                     const Visitor& visit) {
  if (auto made = io::make_dirs_durable(files, dir); !made) return made.error().with_prefix("journal");
  std::unique_ptr<JournalLog> log(new JournalLog(files, dir, config, clock));
  auto lock = files.lock(dir + "/lock");
  if (!lock) return lock.error().with_prefix("journal");
  log->lock_ = *std::move(lock);
  const auto found = log->find_files();
  if (!found) return found.error().with_prefix("journal");
  if (auto replayed = log->replay_files(found.value(), visit); !replayed) {
    return replayed.error().with_prefix("journal");
  }
  return log;
}

// Opens every file and reads its header, so that a version we do not know is seen before anything is changed.
Result<std::vector<JournalLog::Found>> JournalLog::find_files() const {
  const auto entries = files_.list(dir_);
  if (!entries) return entries.error();
  std::vector<Found> all;
  for (const io::Entry& entry : entries.value()) {
    const auto first = parse_file_name(entry.name);
    if (!first || entry.is_directory) continue;
    const std::string path = dir_ + "/" + entry.name;
    if (*first > sequence_max - 2 * sequence_gap_max) {
      return Error{ErrorCode::corrupt_data, path + ": its name is not one that a journal gets to; move it away"};
    }
    auto file = files_.open_read(path);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    Found found{*first, *std::move(file), *size, std::nullopt};
    if (found.size >= file_header_bytes) {
      const auto bytes = found.file->read_at(0, file_header_bytes);
      if (!bytes) return bytes.error();
      const auto header = decode_file_header(bytes.value());
      if (!header && header.error().code == ErrorCode::unsupported) return header.error().with_prefix(path);
      if (header && header.value().first == *first) found.header = header.value();
    }
    all.push_back(std::move(found));
  }
  return all;
}

Result<void> JournalLog::replay_files(const std::vector<Found>& found, const Visitor& visit) {
  // What the later files say about where the earlier ones end.
  std::map<Sequence, std::uint64_t> answered_ends;
  for (const Found& file : found) {
    if (file.header) answered_ends[file.header->previous_first] = file.header->previous_bytes;
  }
  Sequence highest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Found& file = found[i];
    const auto answered_end = answered_ends.find(file.first);
    const bool end_is_known = answered_end != answered_ends.end();
    highest = std::max(highest, file.first - 1);
    const FileToReplay facts{
        .path = path_of(file.first),
        .header = file.header ? FileToReplay::Header::valid : FileToReplay::Header::damaged,
        .tail = end_is_known ? Tail::must_be_whole : Tail::may_be_torn,
        .size = file.size,
        .end = end_is_known ? answered_end->second : file.size,
        .after = highest,
        .before = i + 1 < found.size() ? found[i + 1].first : sequence_max - sequence_gap_max,
        .record_bytes_max = config_.record_bytes_max,
    };
    const auto replayed = replay_file(*file.file, facts, visit, replay_);
    if (!replayed) return replayed.error();
    const Sequence last = replayed.value().last;
    highest = std::max(highest, last);
    stored_.push_back({file.first, std::max(last, file.first - 1), 0});
    set_bytes(stored_.back(), file.size);
    if (file.header || last != 0) newest_ = Newest{file.first, replayed.value().readable_end};
    if (i + 1 == found.size()) settle_newest_file(file, replayed.value().readable_end);
  }
  // Numbers of records that a power cut took (SyncMode::interval and off) are not given again.
  if (!found.empty()) next_sequence_ = highest + sequence_gap_max;
  next_sequence_ = std::max(next_sequence_, config_.sequence_min);
  return {};
}

// What a killed process left may be in the page cache only; the next file's header will vouch for it. If the disk takes
// neither the cut nor the sync, nothing is lost that was answered for.
void JournalLog::settle_newest_file(const Found& newest, std::uint64_t readable_end) {
  auto file = files_.open(path_of(newest.first));
  if (!file) return;
  if (readable_end < newest.size && (*file)->truncate(readable_end)) set_bytes(stored_.back(), readable_end);
  if (auto synced = (*file)->sync(); !synced) return;
  if (auto synced = files_.sync_dir(dir_); !synced) return;
}

Result<Sequence> JournalLog::append(std::string_view payload) {
  if (payload.size() > config_.record_bytes_max) {
    return Error{ErrorCode::too_large, "journal: a record of " + std::to_string(payload.size()) +
                                           " bytes is over the limit of " + std::to_string(config_.record_bytes_max)};
  }
  const Sequence sequence = next_sequence_++;
  if (pending_.empty()) pending_first_ = sequence;
  append_record(pending_, sequence, payload);
  return sequence;
}

Result<void> JournalLog::commit() {
  if (pending_.empty()) return {};
  std::string records = std::move(pending_);
  const std::uint64_t file_bytes = file_ != nullptr ? newest_->answered_bytes : 0;
  const bool fits = file_bytes + records.size() <= config_.file_bytes_max || file_bytes == file_header_bytes;
  auto done = file_ != nullptr && fits ? append_to_file(records) : start_file(pending_first_, records);
  records.clear();
  if (records.capacity() <= pending_bytes_kept) pending_ = std::move(records);
  pending_.clear();
  return done;
}

Result<void> JournalLog::append_to_file(std::string_view records) {
  StoredFile& stored = stored_.back();
  if (auto written = file_->append(records); !written) {
    // A full disk leaves the file good once the part that fitted is cut off. After any other failure it is not trusted.
    const auto cut = file_->truncate(newest_->answered_bytes);
    if (!cut) set_bytes(stored, newest_->answered_bytes + records.size());
    if (!cut || written.error().code != ErrorCode::disk_full) file_.reset();
    return written;
  }
  set_bytes(stored, newest_->answered_bytes + records.size());
  unsynced_ = Unsynced::something;
  if (config_.sync == SyncMode::always) {
    if (auto synced = sync(); !synced) return synced;
  }
  newest_->answered_bytes += records.size();
  stored.last = next_sequence_ - 1;
  return {};
}

Result<void> JournalLog::sync() {
  if (file_ == nullptr || unsynced_ == Unsynced::nothing) return {};
  unsynced_ = Unsynced::nothing;
  auto synced = file_->sync();
  // The kernel may have dropped the pages and marked them clean: another sync of this file would lie.
  if (!synced) file_.reset();
  return synced;
}

Result<void> JournalLog::rotate() {
  CHECK(pending_.empty());
  return start_file(next_sequence_, {});
}

Result<void> JournalLog::start_file(Sequence first, std::string_view records) {
  if (config_.sync != SyncMode::off) {
    if (auto synced = sync(); !synced) return synced;
  }
  file_.reset();
  unsynced_ = Unsynced::nothing;
  const Newest before = newest_.value_or(Newest{});
  const FileHeader header{clock_.now(), first, before.first, before.answered_bytes};
  std::string bytes = encode(header);
  bytes.append(records);
  const std::string path = path_of(first);
  next_sequence_ = std::max(next_sequence_, first + 1);
  auto written = write_new_file(path, bytes);
  if (!written) {
    file_.reset();
    // If it cannot be removed either, it stays until release(): unnamed by its successor, so nothing depends on it.
    const auto removed = files_.remove(path);
    if (removed || removed.error().code == ErrorCode::not_found) return written;
    const auto there = files_.exists(path);
    if (there && !there.value()) return written;
  } else {
    newest_ = Newest{first, bytes.size()};
  }
  stored_.push_back({first, records.empty() ? first - 1 : next_sequence_ - 1, 0});
  set_bytes(stored_.back(), bytes.size());
  return written;
}

Result<void> JournalLog::write_new_file(const std::string& path, std::string_view bytes) {
  auto file = files_.create(path);
  if (!file) return file.error();
  file_ = *std::move(file);
  if (auto written = file_->append(bytes); !written) return written;
  if (config_.sync == SyncMode::off) return {};
  if (auto synced = file_->sync(); !synced) return synced;
  return files_.sync_dir(dir_);
}

Result<void> JournalLog::release(Sequence through) {
  if (stored_.empty()) return {};
  const StoredFile& newest = stored_.back();
  if (pending_.empty() && newest.last <= through && newest.last >= newest.first) {
    if (auto started = rotate(); !started) return started;
  }
  bool is_any_removed = false;
  while (stored_.size() > 1 && stored_.front().last <= through) {
    auto removed = files_.remove(path_of(stored_.front().first));
    if (!removed && removed.error().code != ErrorCode::not_found) return removed;
    is_any_removed = true;
    bytes_ -= stored_.front().bytes;
    stored_.erase(stored_.begin());
  }
  return is_any_removed ? files_.sync_dir(dir_) : Result<void>();
}

void JournalLog::set_bytes(StoredFile& stored, std::uint64_t bytes) {
  bytes_ += bytes - stored.bytes;
  stored.bytes = bytes;
}

}  // namespace filo::journal
