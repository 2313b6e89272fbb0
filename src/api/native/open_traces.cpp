#include "api/native/open_traces.h"

#include <algorithm>

#include "api/native/trace_columns.h"

namespace filo::api {
namespace {

std::size_t bytes_of(const Trace& trace) {
  std::size_t bytes = trace.spans.capacity() * sizeof(Span) + trace.parents.capacity() * sizeof(std::int32_t);
  for (const auto& owner : trace.owners) bytes += owner->bytes();
  return bytes;
}

}  // namespace

std::shared_ptr<const OpenTrace> OpenTraces::find(TraceId id, Deadline deadline) {
  const auto revision = engine_.revision(id);
  if (revision) {
    if (auto known = take_kept(id, *revision)) return known;
  }
  auto made = std::make_shared<OpenTrace>();
  made->found = engine_.find(id, deadline);
  made->version = version_of(made->found.trace);
  // What came or went while the readers were asked is not known to be in it.
  const bool is_steady = revision && made->found.scan.complete && engine_.revision(id) == revision;
  if (is_steady && !made->found.trace.spans.empty()) keep({*revision, bytes_of(made->found.trace), made});
  return made;
}

std::shared_ptr<const OpenTrace> OpenTraces::take_kept(TraceId id, std::uint64_t revision) {
  const MutexLock lock(mutex_);
  const auto known =
      std::find_if(kept_.begin(), kept_.end(), [id](const Kept& kept) { return kept.trace->found.trace.id == id; });
  if (known == kept_.end()) return nullptr;
  if (known->revision != revision) {
    kept_.erase(known);
    return nullptr;
  }
  kept_.splice(kept_.begin(), kept_, known);
  return known->trace;
}

void OpenTraces::keep(Kept kept) {
  if (kept.bytes > bytes_max_) return;
  const MutexLock lock(mutex_);
  const TraceId id = kept.trace->found.trace.id;
  kept_.remove_if([id](const Kept& other) { return other.trace->found.trace.id == id; });
  std::size_t bytes = kept.bytes;
  kept_.push_front(std::move(kept));
  std::size_t traces = 1;
  for (auto at = std::next(kept_.begin()); at != kept_.end();) {
    if (traces < traces_max && bytes + at->bytes <= bytes_max_) {
      bytes += at->bytes;
      ++traces;
      ++at;
    } else {
      at = kept_.erase(at);
    }
  }
}

}  // namespace filo::api
