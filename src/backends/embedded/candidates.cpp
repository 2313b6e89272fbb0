// Search: parts side by side, newest pages first, until the answer cannot change.
#include <algorithm>
#include <functional>
#include <unordered_map>

#include "backends/embedded/embedded.h"
#include "parts/scan.h"

namespace filo::backends {
namespace {

using query::Place;

// Keeps, of all traces seen, the newest match, and tells how many of those that were asked for are final.
class Places {
 public:
  explicit Places(const query::TraceQuery& query) : query_(query) {}

  void add(const parts::Match& match) {
    auto& newest = newest_.emplace(match.trace_id, match.newest).first->second;
    newest = std::max(newest, match.newest);
  }

  // Is the page full whatever starts at `bound` or before? A start equal to the bound may still come, with any id.
  bool is_settled(Timestamp bound) {
    // Counting is as long as the list: only when there could be enough.
    if (newest_.size() < next_count_) return false;
    std::size_t settled = 0;
    for (const auto& [id, newest] : newest_) settled += newest > bound && is_asked({newest, id}) ? 1U : 0U;
    next_count_ = newest_.size() + (newest_.size() >> 3U) + 1;
    return settled > query_.limit;
  }

  std::vector<Place> take() const {
    std::vector<Place> places;
    for (const auto& [id, newest] : newest_) {
      if (is_asked({newest, id})) places.push_back({newest, id});
    }
    std::sort(places.begin(), places.end(), std::greater<>());
    return places;
  }

 private:
  bool is_asked(const Place& place) const { return !query_.after || place < *query_.after; }

  const query::TraceQuery& query_;
  std::unordered_map<TraceId, Timestamp> newest_;
  std::size_t next_count_ = 1;
};

bool has_older_bound(const parts::PartScan& a, const parts::PartScan& b) { return a.bound() < b.bound(); }

}  // namespace

Result<query::CandidatePage> Embedded::candidates(const query::TraceQuery& query, Deadline deadline) const {
  query::CandidatePage page;
  note_unreadable(page.scan);
  std::vector<parts::PartScan> scans;  // a heap, the greatest bound on top
  const auto list = catalogue_.parts();
  for (const auto& entry : *list) {
    parts::PartScan scan(entry.part, query.filter, {query.range.from, query.range.to});
    if (!scan.is_done()) scans.push_back(std::move(scan));
  }
  std::make_heap(scans.begin(), scans.end(), has_older_bound);
  Places places(query);
  std::vector<parts::Match> matches;
  std::optional<Timestamp> cut_off;  // matches up to here were not looked for
  while (!scans.empty()) {
    const Timestamp bound = scans.front().bound();
    const bool late = deadline.expired();
    if (late) page.scan.warn("deadline");
    if (late || places.is_settled(bound)) {
      cut_off = bound;
      break;
    }
    std::pop_heap(scans.begin(), scans.end(), has_older_bound);
    parts::PartScan& scan = scans.back();
    matches.clear();
    const std::uint64_t rows = scan.rows();
    const std::uint64_t bytes = scan.bytes_read();
    if (auto stepped = scan.step(matches); !stepped) note(stepped.error(), page.scan);
    for (const auto& match : matches) places.add(match);
    metrics_.pages_scanned.add(scan.rows() > rows ? 1 : 0);
    page.scan.spans += scan.rows() - rows;
    page.scan.bytes += scan.bytes_read() - bytes;
    if (scan.is_done()) {
      scans.pop_back();
    } else {
      std::push_heap(scans.begin(), scans.end(), has_older_bound);
    }
  }
  metrics_.bytes_scanned.add(page.scan.bytes);
  catalogue_.bound_resident(config_.resident_bytes_max);
  page.places = places.take();
  page.exhausted = !cut_off && page.places.size() <= query.limit;
  if (page.places.size() > query.limit) page.places.resize(query.limit);
  return page;
}

}  // namespace filo::backends
