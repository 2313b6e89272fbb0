// VectorReader: a TraceReader that looks at every span of a vector, for tests of what stands above readers. What it
// says is right because it does nothing clever. Its switches let it fail as real stores do.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "query/trace_reader.h"

namespace filo::test {

class VectorReader final : public query::TraceReader {
 public:
  void add(std::shared_ptr<const SpanBatch> batch) { batches_.push_back(std::move(batch)); }
  void add(const Span& span) {
    auto batch = std::make_shared<SpanBatch>();
    SpanCopier(*batch).copy(span);
    add(std::move(batch));
  }
  void clear() { batches_.clear(); }

  bool fails_to_find = false;
  bool fails_to_list = false;
  std::size_t page_max = SIZE_MAX;  // fewer places than asked for

  Result<query::Found> find(TraceId id, Deadline) const override {
    if (fails_to_find) return Error{ErrorCode::unavailable, "out of order"};
    query::Found found;
    for (const auto& batch : batches_) {
      bool used = false;
      for (const auto& span : batch->spans) {
        ++found.scan.spans;
        if (span.trace_id != id) continue;
        found.set.spans.push_back(span);
        used = true;
      }
      if (used) found.set.owners.push_back(batch);
    }
    return found;
  }

  Result<query::CandidatePage> candidates(const query::TraceQuery& query, Deadline) const override {
    if (fails_to_list) return Error{ErrorCode::unavailable, "out of order"};
    query::CandidatePage page;
    std::map<TraceId, Timestamp> newest;
    for (const auto& batch : batches_) {
      for (const auto& span : batch->spans) {
        ++page.scan.spans;
        if (!query.range.contains(span.start) || !filter::matches(query.filter, span)) continue;
        const auto [entry, added] = newest.emplace(span.trace_id, span.start);
        if (!added) entry->second = std::max(entry->second, span.start);
      }
    }
    for (const auto& [id, time] : newest) {
      const query::Place place{time, id};
      if (!query.after || place < *query.after) page.places.push_back(place);
    }
    std::sort(page.places.begin(), page.places.end(), std::greater<>());
    const std::size_t limit = std::min(query.limit, page_max);
    page.exhausted = page.places.size() <= limit;
    if (!page.exhausted) page.places.resize(limit);
    return page;
  }

  Result<query::FacetPage> facets(const query::FacetQuery& query, Deadline) const override {
    if (fails_to_list) return Error{ErrorCode::unavailable, "out of order"};
    std::map<Name, std::uint64_t> counts;
    for (const auto& batch : batches_) {
      for (const auto& span : batch->spans) {
        for (const auto& name : names_in(query, span)) ++counts[name];
      }
    }
    query::FacetPage page;
    for (const auto& [key, spans] : counts) {
      const auto& [name, kind, level, type] = key;
      if (name.starts_with(query.prefix)) page.facets.push_back({name, spans, kind, level, type});
    }
    if (query.kind == query::FacetKind::attribute_value) {
      std::stable_sort(page.facets.begin(), page.facets.end(),
                       [](const auto& a, const auto& b) { return a.spans > b.spans; });
    }
    if (page.facets.size() > query.limit) page.facets.resize(query.limit);
    return page;
  }

 private:
  using Name = std::tuple<std::string, SpanKind, filter::Level, ValueType>;

  // What one span adds to the answer, each thing once.
  static std::set<Name> names_in(const query::FacetQuery& query, const Span& span) {
    using filter::Level;
    std::set<Name> names;
    const auto add = [&names](std::string_view name, SpanKind kind, Level level, ValueType type) {
      names.emplace(std::string(name), kind, level, type);
    };
    if (query.kind == query::FacetKind::service) {
      add(span.resource->service, SpanKind::unspecified, Level::span, ValueType::string);
      return names;
    }
    if (!query.service.empty() && query.service != span.resource->service) return names;
    if (query.kind == query::FacetKind::operation) {
      add(span.name, span.kind, Level::span, ValueType::string);
      return names;
    }
    std::vector<std::pair<Level, std::span<const Attribute>>> lists{{Level::span, span.attributes},
                                                                    {Level::resource, span.resource->attributes},
                                                                    {Level::scope, span.scope->attributes}};
    for (const auto& event : span.events) lists.emplace_back(Level::event, event.attributes);
    for (const auto& [level, attributes] : lists) {
      for (const auto& attribute : attributes) {
        if (query.kind == query::FacetKind::attribute_key) {
          add(attribute.key, SpanKind::unspecified, level, attribute.value.type());
        } else if (attribute.key == query.key && (query.level == Level::any || query.level == level)) {
          add(to_text(attribute.value), SpanKind::unspecified, Level::span, ValueType::string);
        }
      }
    }
    return names;
  }

  std::vector<std::shared_ptr<const SpanBatch>> batches_;
};

}  // namespace filo::test
