#include "pipeline/ledger.h"

#include <algorithm>

#include "base/check.h"

namespace filo::pipeline {

void Ledger::open(Sequence sequence, std::uint32_t holders) {
  const MutexLock lock(mutex_);
  CHECK(entries_.empty() ? sequence > closed_through_ : sequence > entries_.back().sequence);
  entries_.push_back({sequence, holders});
  advance();
}

void Ledger::close(Sequence sequence) {
  const MutexLock lock(mutex_);
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), sequence,
                                   [](const Entry& entry, Sequence wanted) { return entry.sequence < wanted; });
  CHECK(at != entries_.end() && at->sequence == sequence && at->holders > 0);
  --at->holders;
  advance();
}

void Ledger::advance() {
  while (!entries_.empty() && entries_.front().holders == 0) {
    closed_through_ = entries_.front().sequence;
    entries_.pop_front();
  }
}

Sequence Ledger::closed_through() const {
  const MutexLock lock(mutex_);
  return closed_through_;
}

}  // namespace filo::pipeline
