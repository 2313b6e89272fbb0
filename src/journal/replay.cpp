#include "journal/replay.h"

#include <algorithm>

namespace filo::journal {
namespace {

constexpr std::uint64_t chunk_bytes = 1U << 20;

// A part of the file in memory, moved forward as records are asked for.
class Window {
 public:
  Window(const io::File& file, std::uint64_t end) : file_(file), end_(end) {}

  // The bytes at `offset`: `length` of them, which must lie within the file; sees failed() otherwise.
  std::string_view at(std::uint64_t offset, std::uint64_t length) {
    if (offset < start_ || offset + length > start_ + bytes_.size()) load(offset, length);
    if (failure_) return {};
    return std::string_view(bytes_).substr(static_cast<std::size_t>(offset - start_), static_cast<std::size_t>(length));
  }
  std::uint64_t end() const { return end_; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  void load(std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t wanted = std::min(std::max(length, chunk_bytes), end_ - offset);
    bytes_.clear();
    auto read = file_.read_at(offset, static_cast<std::size_t>(wanted));
    if (!read) {
      failure_ = read.error();
      return;
    }
    start_ = offset;
    bytes_ = *std::move(read);
  }

  const io::File& file_;
  std::uint64_t end_;
  std::uint64_t start_ = 0;
  std::string bytes_;
  std::optional<Error> failure_;
};

class FileReplay {
 public:
  FileReplay(const io::File& file, const FileToReplay& facts, const Visitor& visit, ReplayReport& report)
      : facts_(facts),
        visit_(visit),
        report_(report),
        window_(file, std::min(facts.size, facts.end)),
        search_budget_(8 * window_.end() + chunk_bytes) {
    found_.readable_end = facts.header == FileToReplay::Header::valid ? file_header_bytes : 0;
  }

  Result<ReplayedFile> run() {
    std::uint64_t offset = file_header_bytes;
    if (facts_.header == FileToReplay::Header::damaged) damaged_from_ = 0;
    while (offset < window_.end()) {
      if (const auto length = record_at(offset)) {
        take(offset, *length);
        offset += *length;
      } else {
        if (!damaged_from_) damaged_from_ = offset;
        offset = next_record(offset + 1);
      }
      if (window_.failure()) return window_.failure()->with_prefix(facts_.path);
    }
    finish();
    return found_;
  }

 private:
  // The stored length of the record at `offset`, if there is a whole and plausible one.
  std::optional<std::uint64_t> record_at(std::uint64_t offset) {
    const auto length = plausible_length(offset);
    if (!length || !checksum_matches_at(offset, *length)) return std::nullopt;
    return length;
  }

  std::optional<std::uint64_t> plausible_length(std::uint64_t offset) {
    const std::uint64_t left = window_.end() - offset;
    if (left < record_header_bytes) return std::nullopt;
    const std::string_view bytes = window_.at(offset, record_header_bytes);
    if (bytes.empty()) return std::nullopt;
    const RecordHeader header = decode_record_header(bytes);
    const Sequence after = std::max(facts_.after, found_.last);
    if (header.sequence <= after || header.sequence >= facts_.before || header.sequence - after > sequence_gap_max) {
      return std::nullopt;
    }
    if (header.length > facts_.record_bytes_max || header.length > left - record_header_bytes) return std::nullopt;
    return record_header_bytes + header.length;
  }

  bool checksum_matches_at(std::uint64_t offset, std::uint64_t length) {
    const std::string_view record = window_.at(offset, length);
    return !record.empty() && checksum_matches(record);
  }

  // Where the next good record starts, or the end. Bytes that look like many long records cost a bounded time: when the
  // budget of bytes to checksum is spent, the rest counts as damaged.
  std::uint64_t next_record(std::uint64_t offset) {
    for (; offset < window_.end() && !window_.failure(); ++offset) {
      const auto length = plausible_length(offset);
      if (!length) continue;
      if (*length > search_budget_) break;
      search_budget_ -= *length;
      if (checksum_matches_at(offset, *length)) return offset;
    }
    return window_.end();
  }

  void take(std::uint64_t offset, std::uint64_t length) {
    if (damaged_from_) report_.add({facts_.path, *damaged_from_, offset - *damaged_from_});
    damaged_from_.reset();
    const std::string_view record = window_.at(offset, length);
    const std::string_view payload = record.substr(record_header_bytes);
    found_.last = decode_record_header(record).sequence;
    found_.readable_end = offset + length;
    ++report_.records;
    report_.payload_bytes += payload.size();
    visit_(found_.last, payload);
  }

  void finish() {
    if (facts_.tail == Tail::may_be_torn) {
      if (damaged_from_) report_.torn_tail_bytes += window_.end() - *damaged_from_;
      return;
    }
    const std::uint64_t from = damaged_from_.value_or(window_.end());
    if (from < facts_.end) report_.add({facts_.path, from, facts_.end - from});
  }

  const FileToReplay& facts_;
  const Visitor& visit_;
  ReplayReport& report_;
  Window window_;
  std::uint64_t search_budget_;
  std::optional<std::uint64_t> damaged_from_;
  ReplayedFile found_;
};

}  // namespace

void ReplayReport::add(Corruption corruption) {
  ++corruption_count;
  if (corruptions.size() < corruptions_max) corruptions.push_back(std::move(corruption));
}

Result<ReplayedFile> replay_file(const io::File& file, const FileToReplay& facts, const Visitor& visit,
                                 ReplayReport& report) {
  return FileReplay(file, facts, visit, report).run();
}

}  // namespace filo::journal
