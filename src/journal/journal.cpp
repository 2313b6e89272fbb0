#include "journal/journal.h"

#include <algorithm>

#include "telemetry/log.h"

namespace filo::journal {
namespace {

// What a waiting record costs besides its payload, so that empty ones are bounded too.
constexpr std::size_t waiting_record_bytes = 128;
// How long the committer may sleep by the real clock; the injected one is looked at each time it wakes.
constexpr Duration idle_wait_max = std::chrono::seconds(1);
constexpr Duration watchful_wait_max = std::chrono::milliseconds(20);

std::size_t cost_of(std::string_view payload) { return payload.size() + waiting_record_bytes; }

void log_replay(const std::string& dir, const ReplayReport& report) {
  log::info("journal_replayed", {{"dir", dir},
                                 {"records", report.records},
                                 {"payload_bytes", report.payload_bytes},
                                 {"torn_tail_bytes", report.torn_tail_bytes},
                                 {"corruptions", report.corruption_count}});
  constexpr std::size_t lines_max = 20;
  for (std::size_t i = 0; i < std::min(lines_max, report.corruptions.size()); ++i) {
    const Corruption& corruption = report.corruptions[i];
    log::error("journal_corrupt",
               {{"file", corruption.file}, {"offset", corruption.offset}, {"bytes_skipped", corruption.bytes}});
  }
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(io::FileSystem& files, const std::string& dir,
                                               const JournalConfig& config, const Clock& clock, const Visitor& visit) {
  std::unique_ptr<Journal> journal(new Journal(files, dir, config, clock));
  auto log = JournalLog::open(files, dir, config.log, clock, visit);
  if (!log) return log.error();
  journal->log_ = *std::move(log);
  journal->replay_ = journal->log_->replay();
  journal->metrics_.replayed_records.add(journal->replay_.records);
  journal->metrics_.torn_tail_bytes.add(journal->replay_.torn_tail_bytes);
  journal->metrics_.corrupt_records.add(journal->replay_.corruption_count);
  log_replay(dir, journal->replay_);
  journal->update_gauges();
  journal->look_at_the_disk();
  journal->worker_ =
      std::make_unique<Worker>("journal", [self = journal.get()](const std::stop_token&) { self->run(); });
  return journal;
}

bool Journal::append(std::string_view payload, Done&& done) {
  {
    const MutexLock lock(mutex_);
    const Refusal refusal = refusal_of(payload.size());
    if (refusal != Refusal::none) {
      metrics_.refused[static_cast<std::size_t>(refusal)].add();
      return false;
    }
    waiting_.push_back({payload, std::move(done)});
    waiting_bytes_ += cost_of(payload);
    metrics_.waiting_bytes.set(static_cast<std::int64_t>(waiting_bytes_));
  }
  work_came_.notify_one();
  return true;
}

Refusal Journal::refusal() const {
  const MutexLock lock(mutex_);
  return refusal_of(0);
}

Refusal Journal::refusal_of(std::size_t payload_bytes) const {
  if (is_closed_) return Refusal::closed;
  if (condition_ != Refusal::none) return condition_;
  const std::size_t cost = payload_bytes + waiting_record_bytes;
  if (log_bytes_ + waiting_bytes_ + cost > config_.journal_bytes_max) return Refusal::journal_full;
  if (waiting_bytes_ > 0 && waiting_bytes_ + cost > config_.queue_bytes_max) return Refusal::queue_full;
  return Refusal::none;
}

void Journal::release(Sequence through) {
  {
    const MutexLock lock(mutex_);
    release_wanted_ = std::max(release_wanted_, through);
  }
  work_came_.notify_one();
}

void Journal::close() {
  {
    const MutexLock lock(mutex_);
    is_closed_ = true;
  }
  work_came_.notify_one();
  if (worker_ != nullptr) worker_->stop();
}

void Journal::run() {
  while (true) {
    std::vector<Waiting> waiting = wait_for_work();
    const bool is_idle = waiting.empty();
    if (!is_idle) commit(std::move(waiting));
    release_files();
    sync_if_due();
    if (clock_.steady_now() >= next_check_ || written_since_check_ >= config_.reserve_bytes / 4) look_at_the_disk();
    const MutexLock lock(mutex_);
    if (is_closed_ && is_idle && waiting_.empty()) break;
  }
  if (config_.log.sync == SyncMode::off) return;
  if (auto synced = log_->sync(); !synced) fail(synced.error());
}

std::vector<Journal::Waiting> Journal::wait_for_work() {
  const bool is_watchful = condition() != Refusal::none || config_.log.sync == SyncMode::interval;
  const auto until = std::chrono::steady_clock::now() + (is_watchful ? watchful_wait_max : idle_wait_max);
  mutex_.lock();
  while (waiting_.empty() && !is_closed_ && release_wanted_ <= release_tried_) {
    if (work_came_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  std::vector<Waiting> waiting = std::move(waiting_);
  waiting_.clear();
  mutex_.unlock();
  return waiting;
}

void Journal::commit(std::vector<Waiting> waiting) {
  const Duration started = clock_.steady_now();
  std::vector<Result<Sequence>> answers;
  answers.reserve(waiting.size());
  std::size_t bytes = 0;
  for (const Waiting& record : waiting) {
    answers.push_back(log_->append(record.payload));
    if (answers.back()) bytes += record.payload.size();
  }
  const auto committed = log_->commit();
  metrics_.commit_seconds.observe(clock_.steady_now() - started);
  if (committed) {
    metrics_.commits.add();
    metrics_.appended_bytes.add(bytes);
    written_since_check_ += bytes;
    if (condition() == Refusal::broken) set_condition(Refusal::none, "a commit succeeded");
  } else {
    metrics_.commit_failures.add();
    fail(committed.error());
  }
  update_gauges();
  std::size_t cost = 0;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    cost += cost_of(waiting[i].payload);
    if (!committed && answers[i]) answers[i] = committed.error();
    (answers[i] ? metrics_.appended_records : metrics_.failed_records).add();
    waiting[i].done(std::move(answers[i]));
    waiting[i].done = Done();
  }
  const MutexLock lock(mutex_);
  waiting_bytes_ -= cost;
  metrics_.waiting_bytes.set(static_cast<std::int64_t>(waiting_bytes_));
}

void Journal::release_files() {
  Sequence wanted = 0;
  {
    const MutexLock lock(mutex_);
    wanted = release_wanted_;
  }
  if (wanted <= release_tried_) return;
  release_tried_ = wanted;
  const auto released = log_->release(wanted);
  release_ = released ? Release::complete : Release::to_retry;
  if (!released) {
    metrics_.release_failures.add();
    log::warning("journal_release_failed", {{"dir", dir_}, {"reason", released.error().message}});
  }
  update_gauges();
}

void Journal::sync_if_due() {
  if (config_.log.sync != SyncMode::interval || clock_.steady_now() < next_sync_) return;
  next_sync_ = clock_.steady_now() + config_.sync_interval;
  if (auto synced = log_->sync(); !synced) fail(synced.error());
}

// Stops and resumes admission by the space that is free, and tries a failed disk again with a new file.
void Journal::look_at_the_disk() {
  next_check_ = clock_.steady_now() + config_.check_interval;
  written_since_check_ = 0;
  if (release_ == Release::to_retry) release_tried_ = 0;
  if (condition() == Refusal::broken) {
    if (auto rotated = log_->rotate(); !rotated) return;
    set_condition(Refusal::none, "the disk takes writes again");
    update_gauges();
  }
  const auto space = files_.space(dir_);
  // Not knowing the space is no reason to refuse: the write itself will tell.
  const bool is_short = space && space.value().free_bytes < config_.reserve_bytes;
  if (is_short) set_condition(Refusal::disk_full, "less than the reserve is free");
  if (!is_short && condition() == Refusal::disk_full) set_condition(Refusal::none, "space is free again");
}

void Journal::fail(const Error& error) {
  if (error.code != ErrorCode::disk_full) metrics_.sync_failures.add();
  next_check_ = clock_.steady_now() + config_.check_interval;
  set_condition(error.code == ErrorCode::disk_full ? Refusal::disk_full : Refusal::broken, error.message);
}

Refusal Journal::condition() const {
  const MutexLock lock(mutex_);
  return condition_;
}

void Journal::set_condition(Refusal condition, std::string_view reason) {
  {
    const MutexLock lock(mutex_);
    if (condition_ == condition) return;
    condition_ = condition;
  }
  if (condition == Refusal::none) {
    log::info("journal_recovered", {{"dir", dir_}, {"reason", reason}});
  } else {
    log::error("journal_refuses", {{"dir", dir_}, {"refusal", name_of(condition)}, {"reason", reason}});
  }
}

void Journal::update_gauges() {
  metrics_.bytes.set(static_cast<std::int64_t>(log_->bytes()));
  metrics_.files.set(static_cast<std::int64_t>(log_->files()));
  metrics_.oldest_sequence.set(static_cast<std::int64_t>(log_->oldest_sequence()));
  const MutexLock lock(mutex_);
  log_bytes_ = log_->bytes();
}

}  // namespace filo::journal
