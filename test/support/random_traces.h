// Traces that no sane program sends but any program may: nested values, repeated keys, bytes that are no text, times at
// the ends of the scale, cycles and orphans, mixed with plenty of ordinary spans. From a seed, so that a failure can be
// seen again. For tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/trace.h"

namespace filo::test {

struct TraceShape {
  std::size_t spans_max = 12;
  double hostile = 0.1;  // share of values, names and times that are strange
  Timestamp around{1'700'000'000'000'000'000};
  Duration spread = std::chrono::minutes(50);
};

class RandomTraces {
 public:
  RandomTraces(std::uint64_t seed, TraceShape shape) : random_(seed), shape_(shape) {}

  Trace next() { return next(TraceId{random_.next(), random_.next()}); }

  // Another piece of a trace that has been seen, as late spans make.
  Trace next(TraceId id) {
    batch_ = std::make_shared<SpanBatch>();
    trace_start_ = shape_.around + Duration(random_.between(0, shape_.spread.count()));
    make_resources();
    const std::size_t spans = 1 + random_.below(shape_.spans_max);
    for (std::size_t i = 0; i < spans; ++i) batch_->spans.push_back(span(id));
    SpanSet set;
    set.spans = batch_->spans;
    set.owners.push_back(batch_);
    return assemble(id, std::move(set));
  }

  Random& random() { return random_; }

 private:
  Arena& arena() { return batch_->arena; }
  bool strange() { return random_.chance(shape_.hostile); }
  std::string_view keep(const std::string& text) { return arena().copy(std::string_view(text)); }

  std::string_view word(std::string_view stem, std::uint64_t kinds) {
    return keep(std::string(stem) + std::to_string(random_.below(kinds)));
  }
  std::string_view strange_text() {
    static constexpr std::string_view texts[] = {
        "",   "\xff\xfe broken",  std::string_view("a\0b", 3), "null", "true", "17", "3.5", "NaN", "[1]",
        "{}", "\xc3\xa9t\xc3\xa9"};
    if (random_.chance(0.1))
      return keep(std::string(2000 + random_.below(3000), static_cast<char>(random_.below(256))));
    return keep(std::string(texts[random_.below(std::size(texts))]));
  }

  AttributeValue strange_value(int depth) {
    switch (random_.below(depth > 3 ? 6 : 8)) {
      case 0:
        return {};
      case 1:
        return AttributeValue::of_string(strange_text());
      case 2:
        return AttributeValue::of_double(random_.chance(0.5) ? std::bit_cast<double>(random_.next()) : -0.0);
      case 3:
        return AttributeValue::of_int(random_.chance(0.5) ? INT64_MIN : static_cast<std::int64_t>(random_.next()));
      case 4:
        return AttributeValue::of_bytes(strange_text());
      case 5:
        return AttributeValue::of_bool(random_.chance(0.5));
      case 6: {
        const auto items = arena().array<AttributeValue>(random_.below(4));
        for (auto& item : items) item = strange_value(depth + 1);
        return AttributeValue::of_array(items);
      }
      default: {
        const auto entries = arena().array<Attribute>(random_.below(4));
        for (auto& entry : entries) entry = {word("m", 3), strange_value(depth + 1)};
        return AttributeValue::of_map(entries);
      }
    }
  }

  AttributeValue value(std::uint64_t key) {
    if (strange()) return strange_value(0);
    switch (key % 5) {
      case 0:
        return AttributeValue::of_string(word("v", 4));
      case 1:
        return AttributeValue::of_int(random_.between(-3, 500));
      case 2:
        return AttributeValue::of_string(keep("id-" + std::to_string(random_.below(1'000'000))));
      case 3:
        return AttributeValue::of_double(static_cast<double>(random_.below(8)) / 4);
      default:
        return AttributeValue::of_bool(random_.chance(0.5));
    }
  }

  std::span<const Attribute> attributes(std::size_t max) {
    const auto list = arena().array<Attribute>(random_.below(max + 1));
    std::uint64_t key = random_.below(3);
    for (auto& attribute : list) {
      attribute.key = strange() ? word("rare", 200) : keep("key" + std::to_string(key));
      attribute.value = value(key);
      key += strange() ? 0 : 1 + random_.below(2);
    }
    return list;
  }

  void make_resources() {
    resources_.clear();
    scopes_.clear();
    for (int i = 0; i < 3; ++i) {
      auto& resource = arena().array<Resource>(1).front();
      const auto own = attributes(3);
      const auto list = arena().array<Attribute>(own.size() + 1);
      std::copy(own.begin(), own.end(), list.begin());
      list.back() = {"service.name", AttributeValue::of_string(word("service", 5))};
      resource.attributes = list;
      if (strange()) resource.schema_url = strange_text();
      if (strange()) resource.dropped_attributes = 7;
      resource.finish();
      resources_.push_back(&resource);
      auto& scope = arena().array<Scope>(1).front();
      scope.name = word("scope", 3);
      scope.version = word("1.", 3);
      if (strange()) scope.attributes = attributes(3);
      scopes_.push_back(&scope);
    }
  }

  std::span<const Event> events(Timestamp start) {
    if (!random_.chance(0.15)) return {};
    const auto list = arena().array<Event>(1 + random_.below(3));
    for (auto& event : list) {
      event.time = start + Duration(random_.between(-5, 1'000'000));
      event.name = strange() ? strange_text() : word("event", 4);
      event.attributes = attributes(3);
      if (strange()) event.dropped_attributes = UINT32_MAX;
    }
    return list;
  }

  std::span<const Link> links() {
    if (!random_.chance(0.1)) return {};
    const auto list = arena().array<Link>(1 + random_.below(2));
    for (auto& link : list) {
      link.trace_id = {random_.next(), random_.next()};
      link.span_id.value = random_.next();
      link.attributes = attributes(2);
      if (strange()) link.trace_state = strange_text();
      if (strange()) link.flags = 257;
    }
    return list;
  }

  Span span(TraceId id) {
    Span span;
    span.trace_id = id;
    span.id.value = strange() ? random_.below(3) : random_.next();
    const auto& known = batch_->spans;
    if (!known.empty() && !random_.chance(0.1)) span.parent_id = known[random_.below(known.size())].id;
    if (random_.chance(0.05)) span.parent_id.value = random_.next();
    if (strange() && strange()) {
      span.start.unix_ns = random_.chance(0.5) ? INT64_MIN : static_cast<std::int64_t>(random_.next());
      span.end.unix_ns = random_.chance(0.5) ? INT64_MAX : static_cast<std::int64_t>(random_.next());
    } else {
      const std::int64_t unit = random_.chance(0.7) ? 1000 : 1;
      span.start = trace_start_ + Duration(random_.between(0, 3'000'000'000 / unit) * unit);
      span.end = span.start + Duration(random_.between(strange() ? -500 : 0, 400'000'000 / unit) * unit);
    }
    span.name = strange() ? strange_text() : word("operation", 12);
    span.kind = static_cast<SpanKind>(random_.below(6));
    span.status = random_.chance(0.1) ? StatusCode::error : static_cast<StatusCode>(random_.below(2));
    if (span.is_error()) span.status_message = word("failed ", 5);
    if (strange()) span.trace_state = strange_text();
    span.flags = strange() ? 0xffffffffU : 257;
    if (strange()) span.dropped_attributes = span.dropped_events = span.dropped_links = UINT32_MAX;
    span.resource = resources_[random_.below(resources_.size())];
    span.scope = scopes_[random_.below(scopes_.size())];
    span.attributes = attributes(8);
    span.events = events(span.start);
    span.links = links();
    return span;
  }

  Random random_;
  TraceShape shape_;
  std::shared_ptr<SpanBatch> batch_;
  Timestamp trace_start_;
  std::vector<const Resource*> resources_;
  std::vector<const Scope*> scopes_;
};

}  // namespace filo::test
