// Counts what occurs in a part, mostly from the part's tables.
#pragma once

#include "parts/census.h"
#include "query/facet_counter.h"

namespace filo::backends {

Result<void> count_facets(const parts::Part& part, query::FacetCounter& counter, Deadline deadline);

}  // namespace filo::backends
