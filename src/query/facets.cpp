#include "query/engine.h"
#include "query/facet_counter.h"

namespace filo::query {

FacetPage Engine::facets(const FacetQuery& query, Deadline deadline) const {
  ScanReport scan;
  FacetCounter counter(query);
  for (const auto& [name, reader] : readers_) {
    const auto page = reader->facets(query, deadline);
    if (!page) {
      scan.warn(name + ": " + page.error().message);
      continue;
    }
    if (!page->scan.complete && page->scan.warnings.empty()) scan.warn(name + ": not everything could be read in time");
    scan.add(page->scan);
    for (const auto& facet : page->facets) {
      counter.begin(facet.spans);
      counter.count(facet.name, facet.kind, facet.level, facet.type);
    }
  }
  FacetPage result = counter.take();
  result.scan.add(scan);
  return result;
}

}  // namespace filo::query
