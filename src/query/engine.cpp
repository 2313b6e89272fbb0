#include "query/engine.h"

#include <algorithm>
#include <unordered_set>

#include "base/hash.h"
#include "query/candidate_merge.h"

namespace filo::query {

Engine::Engine(std::vector<NamedReader> readers, const Clock& clock, const EngineConfig& config)
    : readers_(std::move(readers)), clock_(clock), config_(config) {}

FoundTrace Engine::find(TraceId id, Deadline deadline) const {
  FoundTrace result;
  SpanSet set;
  for (const auto& [name, reader] : readers_) {
    auto found = reader->find(id, deadline);
    if (!found) {
      result.scan.warn(name + ": " + found.error().message);
      continue;
    }
    if (!found->scan.complete && found->scan.warnings.empty())
      result.scan.warn(name + ": the trace could not be read whole");
    result.scan.add(found->scan);
    set.append(std::move(found->set));
  }
  result.trace = assemble(id, std::move(set));
  return result;
}

std::optional<std::uint64_t> Engine::revision(TraceId id) const {
  std::uint64_t together = 0;
  for (const auto& [name, reader] : readers_) {
    const auto one = reader->revision(id);
    if (!one) return std::nullopt;
    together = mix64(together ^ *one);
  }
  return together;
}

// One search: takes candidates in order, puts each trace together once, and gives out those that are what the candidate
// promised. A candidate is the first sight of its trace, and no reader has an earlier one, so its place is the true one
// — unless spans came or went meanwhile: then a trace whose place is later waits in `late_` until it is its turn.
class Engine::Search {
 public:
  Search(const Engine& engine, const TraceQuery& query, Deadline deadline, SearchListener& listener)
      : engine_(engine),
        query_(query),
        deadline_(deadline),
        listener_(listener),
        merge_(engine.readers_, page_query(query)) {}

  SearchEnd run() {
    while (may_go_on()) {
      const auto candidate = merge_.next([this] { return deadline_of_read(); }, scan_);
      if (!give_late(candidate)) break;
      if (!candidate) {
        at_end_ = true;
        break;
      }
      frontier_ = candidate;
      if (!resolve(*candidate)) break;
    }
    SearchEnd end;
    if (!at_end_ || merge_.more()) end.next = frontier_;
    end.scan = std::move(scan_);
    return end;
  }

 private:
  struct Late {
    TraceSummary summary;
    Trace trace;
  };

  // One more than needed, so that the end of the range is usually seen with the last page.
  static TraceQuery page_query(TraceQuery query) {
    constexpr std::size_t page_max = 1000;
    query.limit = std::min(query.limit + 1, page_max);
    return query;
  }

  bool may_go_on() {
    if (given_ >= query_.limit) return at_end_ = !merge_.more() && late_.empty(), false;
    if (deadline_.expired()) {
      scan_.warn("the time for this search ran out");
      return false;
    }
    if (resolved_.size() >= engine_.config_.traces_per_search_max) {
      scan_.warn("the search ended after looking at " + std::to_string(resolved_.size()) + " traces");
      return false;
    }
    return listener_.on_progress({resolved_.size(), scan_.spans});
  }

  // A reader that takes all the time there is must not leave us without any for what the others have found.
  Deadline deadline_of_read() const {
    const Duration left = deadline_.remaining();
    if (left == Duration::max()) return deadline_;
    return Deadline::after(engine_.clock_, left - left / 4);
  }

  bool resolve(Place candidate) {
    if (!resolved_.insert(candidate.trace_id).second) return true;
    FoundTrace found = engine_.find(candidate.trace_id, deadline_);
    scan_.add(found.scan);
    const Span* match = newest_match(found.trace, query_.filter, query_.range);
    if (match == nullptr) return true;
    // Its place was on an earlier page, or its newest span came after that page was shown.
    if (query_.after && !(Place{match->start, candidate.trace_id} < *query_.after)) return true;
    TraceSummary summary = summarize(found.trace, *match);
    if (summary.place() < candidate) return hold(std::move(summary), std::move(found.trace));
    return give(summary, found.trace);
  }

  bool give(const TraceSummary& summary, const Trace& trace) {
    ++given_;
    return listener_.on_trace(summary, trace);
  }

  bool hold(TraceSummary summary, Trace trace) {
    constexpr std::size_t late_max = 64;
    const auto position = std::find_if(
        late_.begin(), late_.end(), [&summary](const Late& other) { return other.summary.place() < summary.place(); });
    late_.insert(position, Late{std::move(summary), std::move(trace)});
    return late_.size() <= late_max || give_first_late();
  }

  bool give_first_late() {
    const Late first = std::move(late_.front());
    late_.erase(late_.begin());
    return give(first.summary, first.trace);
  }

  // Those whose turn comes before the candidate's; all of them when there is none.
  bool give_late(const std::optional<Place>& candidate) {
    while (!late_.empty() && (!candidate || late_.front().summary.place() > *candidate)) {
      if (given_ >= query_.limit) return false;
      frontier_ = late_.front().summary.place();
      if (!give_first_late()) return false;
    }
    return given_ < query_.limit;
  }

  const Engine& engine_;
  const TraceQuery& query_;
  const Deadline deadline_;
  SearchListener& listener_;
  CandidateMerge merge_;
  ScanReport scan_;
  std::unordered_set<TraceId> resolved_;
  std::vector<Late> late_;  // first place first
  std::optional<Place> frontier_ = query_.after;
  std::size_t given_ = 0;
  bool at_end_ = false;
};

SearchEnd Engine::search(const TraceQuery& query, Deadline deadline, SearchListener& listener) const {
  return Search(*this, query, deadline, listener).run();
}

}  // namespace filo::query
