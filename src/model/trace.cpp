#include "model/trace.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace filo {
namespace {

bool comes_first(const Span& a, const Span& b) {
  return std::tie(a.start, a.id, a.kind, a.end, a.name) < std::tie(b.start, b.id, b.kind, b.end, b.name);
}

// Spans are sorted by (start, id, …), so copies of one span are neighbours; the rest of a run is compared in full.
std::uint32_t drop_duplicates(std::vector<Span>& spans) {
  std::size_t kept = 0;
  std::size_t run_begin = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (kept > 0 && (spans[kept - 1].start != spans[i].start || spans[kept - 1].id != spans[i].id)) run_begin = kept;
    bool seen = false;
    for (std::size_t k = run_begin; k < kept && !seen; ++k) seen = equal(spans[k], spans[i]);
    if (!seen) spans[kept++] = spans[i];
  }
  const auto dropped = static_cast<std::uint32_t>(spans.size() - kept);
  spans.resize(kept);
  return dropped;
}

// Parent of each span by position in `spans`, -1 for none; edges that close a cycle are cut.
std::vector<std::int32_t> find_parents(const std::vector<Span>& spans) {
  std::unordered_map<SpanId, std::int32_t> by_id;
  by_id.reserve(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) by_id.emplace(spans[i].id, static_cast<std::int32_t>(i));

  std::vector<std::int32_t> parents(spans.size(), -1);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].parent_id.is_zero() || spans[i].parent_id == spans[i].id) continue;
    const auto found = by_id.find(spans[i].parent_id);
    if (found != by_id.end()) parents[i] = found->second;
  }
  enum : std::uint8_t { unseen, on_path, done };
  std::vector<std::uint8_t> state(spans.size(), unseen);
  std::vector<std::int32_t> path;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    path.clear();
    auto at = static_cast<std::int32_t>(i);
    while (at >= 0 && state[static_cast<std::size_t>(at)] == unseen) {
      state[static_cast<std::size_t>(at)] = on_path;
      path.push_back(at);
      at = parents[static_cast<std::size_t>(at)];
    }
    // Walked into our own path: the earliest span of the cycle becomes its head.
    if (at >= 0 && state[static_cast<std::size_t>(at)] == on_path) {
      const auto cycle = std::find(path.begin(), path.end(), at);
      parents[static_cast<std::size_t>(*std::min_element(cycle, path.end()))] = -1;
    }
    for (const auto row : path) state[static_cast<std::size_t>(row)] = done;
  }
  return parents;
}

// Positions in pre-order. Children hang in lists threaded through two arrays, so this allocates nothing per span.
std::vector<std::int32_t> pre_order(const std::vector<std::int32_t>& parents) {
  const std::size_t n = parents.size();
  std::vector<std::int32_t> first_child(n + 1, -1);
  std::vector<std::int32_t> next_sibling(n, -1);
  for (std::size_t i = n; i-- > 0;) {
    auto& head = first_child[parents[i] < 0 ? n : static_cast<std::size_t>(parents[i])];
    next_sibling[i] = head;
    head = static_cast<std::int32_t>(i);
  }
  std::vector<std::int32_t> order;
  order.reserve(n);
  std::vector<std::int32_t> stack;
  if (first_child[n] >= 0) stack.push_back(first_child[n]);
  while (!stack.empty()) {
    const auto at = static_cast<std::size_t>(stack.back());
    stack.pop_back();
    order.push_back(static_cast<std::int32_t>(at));
    if (next_sibling[at] >= 0) stack.push_back(next_sibling[at]);
    if (first_child[at] >= 0) stack.push_back(first_child[at]);
  }
  return order;
}

}  // namespace

const Span* Trace::root() const {
  for (const auto& span : spans) {
    if (span.parent_id.is_zero()) return &span;
  }
  return nullptr;
}

Trace assemble(TraceId id, SpanSet set) {
  Trace trace;
  trace.id = id;
  trace.owners = std::move(set.owners);
  std::stable_sort(set.spans.begin(), set.spans.end(), comes_first);
  trace.duplicates = drop_duplicates(set.spans);

  const auto parents = find_parents(set.spans);
  const auto order = pre_order(parents);
  std::vector<std::int32_t> row_of(set.spans.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    row_of[static_cast<std::size_t>(order[row])] = static_cast<std::int32_t>(row);
  }
  trace.spans.reserve(order.size());
  trace.parents.reserve(order.size());
  for (const auto position : order) {
    trace.spans.push_back(set.spans[static_cast<std::size_t>(position)]);
    const auto parent = parents[static_cast<std::size_t>(position)];
    trace.parents.push_back(parent < 0 ? -1 : row_of[static_cast<std::size_t>(parent)]);
  }
  if (!trace.spans.empty()) {
    trace.start = set.spans.front().start;
    trace.end = trace.start;
    for (const auto& span : trace.spans) trace.end = std::max(trace.end, span.end);
  }
  return trace;
}

}  // namespace filo
