// Spans of any shape from a seed: every value type, nested lists, invalid UTF-8, empty strings, extremes of numbers.
// For round-trip tests; what a production system sends is filo::workload's business.
#pragma once

#include "base/random.h"
#include "model/span_batch.h"

namespace filo::test {

class RandomSpans {
 public:
  explicit RandomSpans(std::uint64_t seed) : random_(seed) {}

  SpanBatch batch(std::size_t spans) {
    SpanBatch out;
    arena_ = &out.arena;
    const Resource* resource = nullptr;
    const Scope* scope = nullptr;
    for (std::size_t i = 0; i < spans; ++i) {
      if (resource == nullptr || random_.chance(0.2)) resource = make_resource();
      if (scope == nullptr || random_.chance(0.3)) scope = make_scope();
      Span& span = out.spans.emplace_back(make_span());
      span.resource = resource;
      span.scope = scope;
    }
    return out;
  }

 private:
  std::string_view text() {
    std::string made;
    const auto size = random_.chance(0.05) ? random_.below(700) : random_.below(20);
    for (auto left = size; left > 0; --left) {
      made.push_back(static_cast<char>(random_.chance(0.9) ? 'a' + static_cast<char>(random_.below(26))
                                                           : static_cast<char>(random_.next())));
    }
    return arena_->copy(made);
  }
  std::uint32_t count() { return random_.chance(0.8) ? 0 : static_cast<std::uint32_t>(random_.next()); }
  Timestamp time() { return {static_cast<std::int64_t>(random_.next() >> (1 + random_.below(40)))}; }

  AttributeValue value(int depth) {
    switch (random_.below(depth > 0 ? 8 : 6)) {
      case 0:
        return {};
      case 1:
        return AttributeValue::of_string(text());
      case 2:
        return AttributeValue::of_bytes(text());
      case 3:
        return AttributeValue::of_bool(random_.chance(0.5));
      case 4:
        return AttributeValue::of_int(static_cast<std::int64_t>(random_.next() >> random_.below(64)));
      case 5:
        return AttributeValue::of_double(std::bit_cast<double>(random_.next()));
      case 6: {
        const auto items = arena_->array<AttributeValue>(random_.below(5));
        for (auto& item : items) item = value(depth - 1);
        return AttributeValue::of_array(items);
      }
      default:
        return AttributeValue::of_map(attributes(depth - 1));
    }
  }
  std::span<const Attribute> attributes(int depth) {
    const auto list = arena_->array<Attribute>(random_.below(8));
    for (auto& attribute : list) attribute = {text(), value(depth)};
    return list;
  }
  const Resource* make_resource() {
    auto& resource = arena_->array<Resource>(1).front();
    resource.attributes = attributes(2);
    resource.schema_url = text();
    resource.dropped_attributes = count();
    resource.finish();
    return &resource;
  }
  const Scope* make_scope() {
    auto& scope = arena_->array<Scope>(1).front();
    scope.name = text();
    scope.version = text();
    scope.schema_url = text();
    scope.attributes = attributes(1);
    scope.dropped_attributes = count();
    return &scope;
  }
  Span make_span() {
    Span span;
    span.trace_id = {random_.next(), random_.next() | 1};
    span.id = {random_.next() | 1};
    span.parent_id = {random_.chance(0.3) ? 0 : random_.next()};
    span.start = time();
    span.end = time();
    span.name = text();
    span.trace_state = text();
    span.status_message = random_.chance(0.5) ? text() : std::string_view();
    span.status = static_cast<StatusCode>(random_.below(3));
    span.kind = static_cast<SpanKind>(random_.below(6));
    span.flags = count();
    span.dropped_attributes = count();
    span.dropped_events = count();
    span.dropped_links = count();
    span.attributes = attributes(3);
    const auto events = arena_->array<Event>(random_.below(4));
    for (auto& event : events) event = {time(), text(), attributes(2), count()};
    span.events = events;
    const auto links = arena_->array<Link>(random_.below(3));
    for (auto& link : links) {
      link = {{random_.next(), random_.next()}, {random_.next()}, text(), attributes(1), count(), count()};
    }
    span.links = links;
    return span;
  }

  Random random_;
  Arena* arena_ = nullptr;
};

}  // namespace filo::test
