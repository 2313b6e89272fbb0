#include <algorithm>
#include <iterator>
#include <tuple>

#include "query/engine.h"

namespace filo::query {
namespace {

auto order_of(const Facet& facet) { return std::tie(facet.name, facet.kind, facet.level, facet.type); }
bool by_name(const Facet& a, const Facet& b) { return order_of(a) < order_of(b); }

// Adds up neighbours that mean the same.
void unite(std::vector<Facet>& facets) {
  std::sort(facets.begin(), facets.end(), by_name);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < facets.size(); ++i) {
    if (kept > 0 && order_of(facets[kept - 1]) == order_of(facets[i])) {
      facets[kept - 1].spans += facets[i].spans;
    } else {
      if (kept != i) facets[kept] = std::move(facets[i]);
      ++kept;
    }
  }
  facets.resize(kept);
}

}  // namespace

FacetPage Engine::facets(const FacetQuery& query, Deadline deadline) const {
  FacetPage result;
  for (const auto& [name, reader] : readers_) {
    auto page = reader->facets(query, deadline);
    if (!page) {
      result.scan.warn(name + ": " + page.error().message);
      continue;
    }
    if (!page->scan.complete && page->scan.warnings.empty())
      result.scan.warn(name + ": not everything could be read in time");
    result.scan.add(page->scan);
    std::move(page->facets.begin(), page->facets.end(), std::back_inserter(result.facets));
  }
  unite(result.facets);
  if (query.kind == FacetKind::attribute_value) {
    std::stable_sort(result.facets.begin(), result.facets.end(),
                     [](const Facet& a, const Facet& b) { return a.spans > b.spans; });
  }
  if (result.facets.size() > query.limit) result.facets.resize(query.limit);
  return result;
}

}  // namespace filo::query
