// PartScan: which traces of one part have a span that meets a filter, newest first, page by page, so that its user can
// stop as soon as its answer cannot change. Exact: what filter::matches() says of the rebuilt span, without rebuilding
// it. One thread.
#pragma once

#include <memory>
#include <vector>

#include "filter/span_filter.h"
#include "parts/part.h"

namespace filo::parts {

// A trace with a matching span, by its newest one in one page. A trace may come again from another page.
struct Match {
  TraceId trace_id;
  Timestamp newest;
};

// from <= start < to
struct StartRange {
  Timestamp from{INT64_MIN};
  Timestamp to{INT64_MAX};
};

class PartScan {
 public:
  // The filter outlives the scan.
  PartScan(std::shared_ptr<const Part> part, const filter::SpanFilter& filter, StartRange range);
  ~PartScan();
  PartScan(PartScan&&) noexcept;
  PartScan& operator=(PartScan&&) noexcept;

  bool is_done() const;
  // No match still to come starts later than this.
  Timestamp bound() const;
  // Looks at the next page. After an error the scan goes on behind what could not be read.
  Result<void> step(std::vector<Match>& matches);

  const Part& part() const { return *part_; }
  std::uint64_t rows() const { return rows_; }  // of the pages that were looked into
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  class Plan;

  Result<void> prepare();

  std::shared_ptr<const Part> part_;
  const filter::SpanFilter* filter_;
  StartRange range_;
  std::shared_ptr<const Contents> contents_;
  std::unique_ptr<Plan> plan_;
  std::vector<std::uint32_t> pages_;  // in the range, those with the newest spans last
  bool prepared_ = false;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace filo::parts
