#include "window/window.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"

namespace filo::window {

SpanSet Leaving::spans_of(const Chain& chain) const {
  SpanSet set;
  set.spans.reserve(chain.rows);
  for (std::size_t i = 0; i < chain.rows; ++i) {
    const Row& row = rows[chain.first_row + i];
    set.spans.push_back(row.batch->spans[row.row]);
  }
  return set;
}

Window::Window(const Limits& limits, std::function<void(Sequence)> released)
    : limits_(limits), released_(std::move(released)) {}

Window::~Window() = default;

void Window::insert(std::shared_ptr<const SpanBatch> batch, Sequence sequence, Duration steady_now) {
  CHECK(!batch->spans.empty());
  const std::size_t rows = batch->spans.size();
  const SpanBatch& source = *batch;
  const MutexLock lock(mutex_);
  CHECK(sequence > inserted_through_);
  inserted_through_ = sequence;
  const std::uint32_t slot = add_slot(std::move(batch), sequence);
  Entry* entry = nullptr;
  for (std::size_t i = 0; i < rows; ++i) {
    const TraceId id = source.spans[i].trace_id;
    if (entry == nullptr || entry->id != id) {
      entry = &staying_entry(id, steady_now);
      entry->last_seen = steady_now;
      link_newest(*entry);
    }
    append_row(*entry, Row{slot, static_cast<std::uint32_t>(i)});
  }
  spans_ += rows;
}

// Not in the list by last_seen: the caller puts it there.
Window::Entry& Window::staying_entry(TraceId id, Duration steady_now) {
  Entry*& known = entries_[id];
  if (known != nullptr && known->is_staying()) return unlink(*known), *known;
  if (free_entries_.empty()) free_entries_.push_back(&entry_memory_.emplace_back());
  Entry& entry = *free_entries_.back();
  free_entries_.pop_back();
  entry = Entry{};
  entry.id = id;
  entry.first_seen = steady_now;
  entry.left_before = known;
  known = &entry;
  births_.emplace_back(steady_now, id);
  return entry;
}

Window::Entry* Window::find_staying(TraceId id) {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second->is_staying() ? found->second : nullptr;
}

std::uint32_t Window::add_slot(std::shared_ptr<const SpanBatch> batch, Sequence sequence) {
  std::uint32_t index;
  if (free_slots_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    CHECK(index != no_slot);
    slots_.emplace_back();
  } else {
    index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[index];
  const std::size_t rows = batch->spans.size();
  slot.next.assign(rows, Row{});
  slot.sequence = sequence;
  slot.rows_staying = rows;
  slot.rows_left = rows;
  slot.bytes = batch->bytes() + rows * sizeof(Row);
  slot.batch = std::move(batch);
  slots_by_age_.emplace_back(sequence, index);
  bytes_ += slot.bytes;
  return index;
}

void Window::append_row(Entry& entry, Row row) {
  if (entry.spans == 0) {
    entry.first = row;
  } else {
    slots_[entry.last.slot].next[entry.last.row] = row;
  }
  entry.last = row;
  ++entry.spans;
}

void Window::link_newest(Entry& entry) {
  entry.older = newest_;
  entry.newer = nullptr;
  (newest_ != nullptr ? newest_->newer : oldest_) = &entry;
  newest_ = &entry;
}

void Window::unlink(Entry& entry) {
  (entry.older != nullptr ? entry.older->newer : oldest_) = entry.newer;
  (entry.newer != nullptr ? entry.newer->older : newest_) = entry.older;
}

Leaving Window::take(Duration steady_now, Due due) {
  Leaving leaving;
  const MutexLock lock(mutex_);
  leaving.ticket = next_ticket_++;
  leaving.through = inserted_through_;
  if (due == Due::everything) {
    take_oldest_batches(0, leaving);
  } else {
    take_idle_and_old(steady_now, leaving);
    take_oldest_batches(limits_.bytes_soft, leaving);
  }
  add_owners(leaving);
  return leaving;
}

void Window::take_idle_and_old(Duration steady_now, Leaving& leaving) {
  while (oldest_ != nullptr && steady_now - oldest_->last_seen >= limits_.idle &&
         leaving.rows.size() < limits_.spans_per_take) {
    take_entry(*oldest_, leaving);
  }
  while (!births_.empty() && leaving.rows.size() < limits_.spans_per_take) {
    const auto [born, id] = births_.front();
    Entry* entry = find_staying(id);
    const bool is_current = entry != nullptr && entry->first_seen == born;
    if (is_current && steady_now - born < limits_.age_max) break;
    if (is_current) take_entry(*entry, leaving);
    births_.pop_front();
  }
}

void Window::take_oldest_batches(std::size_t bytes_goal, Leaving& leaving) {
  while (bytes_ - bytes_leaving_ > bytes_goal && leaving.rows.size() < limits_.spans_per_take &&
         !slots_by_age_.empty()) {
    const auto [sequence, index] = slots_by_age_.front();
    slots_by_age_.pop_front();
    const Slot& slot = slots_[index];
    if (slot.batch == nullptr || slot.sequence != sequence || slot.rows_staying == 0) continue;
    const std::shared_ptr<const SpanBatch> batch = slot.batch;
    for (const auto& span : batch->spans) {
      if (Entry* entry = find_staying(span.trace_id); entry != nullptr) take_entry(*entry, leaving);
    }
  }
}

void Window::take_entry(Entry& entry, Leaving& leaving) {
  unlink(entry);
  leaving.traces.push_back({entry.id, leaving.rows.size(), entry.spans});
  for (Row row = entry.first; row.slot != no_slot; row = slots_[row.slot].next[row.row]) {
    Slot& slot = slots_[row.slot];
    leaving.rows.push_back({slot.batch.get(), row.row});
    if (--slot.rows_staying == 0) bytes_leaving_ += slot.bytes;
  }
  entry.ticket = leaving.ticket;
}

void Window::add_owners(Leaving& leaving) {
  // Neighbouring rows mostly share a batch; the few repeats that are left do no harm.
  const SpanBatch* last = nullptr;
  std::unordered_map<const SpanBatch*, std::uint32_t> wanted;
  for (const auto& row : leaving.rows) {
    if (row.batch != last) wanted.emplace(row.batch, 0);
    last = row.batch;
  }
  leaving.owners.reserve(wanted.size());
  for (const auto& slot : slots_) {
    if (slot.batch != nullptr && wanted.contains(slot.batch.get())) leaving.owners.push_back(slot.batch);
  }
}

void Window::forget(const Leaving& leaving) {
  std::vector<Sequence> released;
  {
    const MutexLock lock(mutex_);
    for (const auto& chain : leaving.traces) drop_entry(chain.id, leaving.ticket, released);
    spans_ -= leaving.rows.size();
    while (!slots_by_age_.empty()) {
      const auto [sequence, index] = slots_by_age_.front();
      if (slots_[index].batch != nullptr && slots_[index].sequence == sequence) break;
      slots_by_age_.pop_front();
    }
  }
  for (const Sequence sequence : released) released_(sequence);
}

void Window::drop_entry(TraceId id, std::uint64_t ticket, std::vector<Sequence>& released) {
  const auto at = entries_.find(id);
  CHECK(at != entries_.end());
  Entry** holder = &at->second;
  while (*holder != nullptr && (*holder)->ticket != ticket) holder = &(*holder)->left_before;
  CHECK(*holder != nullptr);
  Entry& entry = **holder;
  drop_rows(entry, released);
  *holder = entry.left_before;
  if (at->second == nullptr) entries_.erase(at);
  free_entries_.push_back(&entry);
}

void Window::drop_rows(const Entry& entry, std::vector<Sequence>& released) {
  Row row = entry.first;
  while (row.slot != no_slot) {
    Slot& slot = slots_[row.slot];
    const Row next = slot.next[row.row];
    if (--slot.rows_left == 0) {
      released.push_back(slot.sequence);
      bytes_ -= slot.bytes;
      bytes_leaving_ -= slot.bytes;
      slot = Slot{};
      free_slots_.push_back(row.slot);
    }
    row = next;
  }
}

SpanSet Window::find(TraceId id) const {
  SpanSet set;
  const MutexLock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return set;
  for (const Entry* entry = found->second; entry != nullptr; entry = entry->left_before) collect(*entry, set);
  return set;
}

bool Window::has(TraceId id) const {
  const MutexLock lock(mutex_);
  return entries_.contains(id);
}

void Window::collect(const Entry& entry, SpanSet& set) const {
  const SpanBatch* last = nullptr;
  for (Row row = entry.first; row.slot != no_slot; row = slots_[row.slot].next[row.row]) {
    const Slot& slot = slots_[row.slot];
    if (slot.batch.get() != last) set.owners.push_back(slot.batch);
    last = slot.batch.get();
    set.spans.push_back(slot.batch->spans[row.row]);
  }
}

std::vector<std::shared_ptr<const SpanBatch>> Window::batches() const {
  std::vector<std::shared_ptr<const SpanBatch>> out;
  const MutexLock lock(mutex_);
  out.reserve(slots_.size() - free_slots_.size());
  for (const auto& slot : slots_) {
    if (slot.batch != nullptr) out.push_back(slot.batch);
  }
  return out;
}

std::size_t Window::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

std::size_t Window::bytes_staying() const {
  const MutexLock lock(mutex_);
  return bytes_ - bytes_leaving_;
}

std::size_t Window::spans() const {
  const MutexLock lock(mutex_);
  return spans_;
}

std::size_t Window::traces() const {
  const MutexLock lock(mutex_);
  return entry_memory_.size() - free_entries_.size();
}

}  // namespace filo::window
