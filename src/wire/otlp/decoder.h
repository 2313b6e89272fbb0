// What the two OTLP decoders have in common: where they are, memory while lists grow, the limits, and the account of
// rejected spans.
// One lives as long as one call of decode; not thread-safe. Its memory is bounded by the size of the request.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/decoded.h"

namespace filo::wire::otlp {

// A stack of values under construction. Lists within lists push on top and take their own part away when they end.
template <typename T>
class ListStack {
 public:
  std::size_t mark() const { return values_.size(); }
  void push(const T& value) { values_.push_back(value); }
  T& emplace() { return values_.emplace_back(); }
  void pop() { values_.pop_back(); }
  std::span<const T> since(std::size_t mark) const { return std::span<const T>(values_).subspan(mark); }
  void drop(std::size_t mark) { values_.resize(mark); }

 private:
  std::vector<T> values_;
};

struct Decoder {
  // Decoded lists may take this many times the bytes of the request, so that two-byte elements are no memory bomb.
  static constexpr std::size_t expansion_max = 8;
  static constexpr std::size_t expansion_free_bytes = 64U << 10;

  explicit Decoder(std::size_t body_bytes) : list_bytes_left(expansion_max * body_bytes + expansion_free_bytes) {}

  // What is wrong with the span (or resource or scope) being decoded; the first thing wins.
  void reject(Rejection reason) {
    if (!rejection) rejection = reason;
  }

  // Counts spans that are left out because of `rejection`; the first place is told to the sender.
  void account(const std::string& place, std::uint64_t spans) {
    if (out.rejected.first.empty()) out.rejected.first = place + ": " + std::string(explain(*rejection));
    out.rejected.add(*rejection, spans);
  }
  // Runs `decode` for a resource or scope and keeps the first thing wrong with it in `of_owner`.
  template <typename Decode>
  bool decode_owner(std::optional<Rejection>& of_owner, Decode decode) {
    rejection.reset();
    const bool goes_on = decode();
    if (!of_owner) of_owner = rejection;
    return goes_on;
  }
  // A resource or scope that is over a limit takes its spans with it.
  void leave_out_from(std::size_t first_span, std::optional<Rejection> of_owner, const std::string& place) {
    auto& spans = out.batch.spans;
    if (!of_owner || first_span == spans.size()) return;
    rejection = of_owner;
    account(place, spans.size() - first_span);
    spans.resize(first_span);
  }
  // The span at which the decoder is, or whose list it has just left, in the dialect's words.
  std::string place(std::string_view resources, std::string_view scopes) const {
    std::string text(resources);
    text += "[" + std::to_string(resource_index) + "].";
    text += scopes;
    return text + "[" + std::to_string(scope_index) + "].spans[" + std::to_string(span_index) + "]";
  }

  // Moves a finished list into the arena, behind what the field held before: protobuf lets a message come in pieces.
  template <typename T>
  std::span<const T> finish_list(ListStack<T>& stack, std::size_t mark, std::span<const T> before = {}) {
    const auto added = stack.since(mark);
    if (added.empty()) return before;
    if (!before.empty() && before.size() + added.size() > Limits::attributes_max) {
      reject(Rejection::too_many_attributes);
      stack.drop(mark);
      return before;
    }
    const std::size_t bytes = (before.size() + added.size()) * sizeof(T);
    if (bytes > list_bytes_left) {
      over_budget = true;
      stack.drop(mark);
      return before;
    }
    list_bytes_left -= bytes;
    std::span<const T> list;
    if (before.empty()) {
      list = out.batch.arena.copy(added);
    } else {
      const auto joined = out.batch.arena.array<T>(before.size() + added.size());
      std::copy(added.begin(), added.end(), std::copy(before.begin(), before.end(), joined.begin()));
      list = joined;
    }
    stack.drop(mark);
    return list;
  }

  // Where a span's lists begin on the stacks.
  struct SpanLists {
    std::size_t attributes;
    std::size_t events;
    std::size_t links;
  };
  SpanLists begin_span() const { return {attributes.mark(), events.mark(), links.mark()}; }
  void finish_span(Span& span, const SpanLists& lists) {
    span.attributes = finish_list(attributes, lists.attributes);
    span.events = finish_list(events, lists.events);
    span.links = finish_list(links, lists.links);
    if (span.trace_id.is_zero()) reject(Rejection::trace_id);
    if (span.id.is_zero()) reject(Rejection::span_id);
    span.resource = resource;
    span.scope = scope;
  }

  Result<Decoded> take(std::string_view dialect) {
    if (!over_budget) return std::move(out);
    return Error{ErrorCode::too_large, std::string(dialect) + ": lists of tiny elements would need more than " +
                                           std::to_string(expansion_max) + " times the request's bytes"};
  }

  Decoded out;
  std::size_t resource_index = 0;
  std::size_t scope_index = 0;
  std::size_t span_index = 0;
  const Resource* resource = nullptr;
  const Scope* scope = nullptr;
  std::optional<Rejection> rejection;
  std::size_t list_bytes_left;
  bool over_budget = false;
  ListStack<Attribute> attributes;
  ListStack<AttributeValue> values;
  ListStack<Event> events;
  ListStack<Link> links;
};

}  // namespace filo::wire::otlp
