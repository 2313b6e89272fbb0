#include "model/trace.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace filo {
namespace {

// What order and parents are made from. A span is several times as large, so spans stay where they are until the end.
struct Key {
  Timestamp start;
  SpanId id;
  SpanId parent_id;
  std::uint32_t row;  // in `spans`
};

// By (start, id, kind, end, name); equal ones stay in their order.
std::vector<Key> sorted_keys(const std::vector<Span>& spans) {
  std::vector<Key> keys;
  keys.reserve(spans.size());
  for (const auto& span : spans) {
    keys.push_back({span.start, span.id, span.parent_id, static_cast<std::uint32_t>(keys.size())});
  }
  std::sort(keys.begin(), keys.end(), [&spans](const Key& a, const Key& b) {
    if (a.start != b.start) return a.start < b.start;
    if (a.id != b.id) return a.id < b.id;
    const Span& x = spans[a.row];
    const Span& y = spans[b.row];
    return std::tie(x.kind, x.end, x.name, a.row) < std::tie(y.kind, y.end, y.name, b.row);
  });
  return keys;
}

// Copies of one span are neighbours, as far as start and id tell; the rest of a run is compared in full.
std::uint32_t drop_duplicates(const std::vector<Span>& spans, std::vector<Key>& keys) {
  std::size_t kept = 0;
  std::size_t run_begin = 0;
  for (const auto& key : keys) {
    if (kept > 0 && (keys[kept - 1].start != key.start || keys[kept - 1].id != key.id)) run_begin = kept;
    bool seen = false;
    for (std::size_t k = run_begin; k < kept && !seen; ++k) seen = equal(spans[keys[k].row], spans[key.row]);
    if (!seen) keys[kept++] = key;
  }
  const auto dropped = static_cast<std::uint32_t>(keys.size() - kept);
  keys.resize(kept);
  return dropped;
}

// Parent of each by position in `keys`, -1 for none; edges that close a cycle are cut.
std::vector<std::int32_t> find_parents(const std::vector<Key>& keys) {
  std::unordered_map<SpanId, std::int32_t> by_id;
  by_id.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) by_id.emplace(keys[i].id, static_cast<std::int32_t>(i));

  std::vector<std::int32_t> parents(keys.size(), -1);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].parent_id.is_zero() || keys[i].parent_id == keys[i].id) continue;
    const auto found = by_id.find(keys[i].parent_id);
    if (found != by_id.end()) parents[i] = found->second;
  }
  enum : std::uint8_t { unseen, on_path, done };
  std::vector<std::uint8_t> state(keys.size(), unseen);
  std::vector<std::int32_t> path;
  for (std::size_t i = 0; i < keys.size(); ++i) {
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
  auto keys = sorted_keys(set.spans);
  trace.duplicates = drop_duplicates(set.spans, keys);

  const auto parents = find_parents(keys);
  const auto order = pre_order(parents);
  std::vector<std::int32_t> row_of(keys.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    row_of[static_cast<std::size_t>(order[row])] = static_cast<std::int32_t>(row);
  }
  trace.spans.reserve(order.size());
  trace.parents.reserve(order.size());
  for (const auto ordered : order) {
    const auto position = static_cast<std::size_t>(ordered);
    trace.spans.push_back(set.spans[keys[position].row]);
    trace.parents.push_back(parents[position] < 0 ? -1 : row_of[static_cast<std::size_t>(parents[position])]);
  }
  if (!trace.spans.empty()) {
    trace.start = keys.front().start;
    trace.end = trace.start;
    for (const auto& span : trace.spans) trace.end = std::max(trace.end, span.end);
  }
  return trace;
}

}  // namespace filo
