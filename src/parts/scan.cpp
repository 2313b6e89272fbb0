#include "parts/scan.h"

#include <algorithm>
#include <cstring>

#include "parts/row_condition.h"

namespace filo::parts {
namespace {

bool is_empty(const RowMask& rows) { return std::memchr(rows.data(), 1, rows.size()) == nullptr; }

}  // namespace

class PartScan::Plan {
 public:
  static Result<std::unique_ptr<Plan>> create(const Part& part, const Contents& contents,
                                              const filter::SpanFilter& filter) {
    auto plan = std::make_unique<Plan>();
    for (const auto& condition : filter.conditions) {
      auto made = RowCondition::create(part, contents, condition);
      if (!made) return made.error();
      plan->conditions_.push_back(std::move(*made));
    }
    std::stable_sort(plan->conditions_.begin(), plan->conditions_.end(),
                     [](const RowCondition& a, const RowCondition& b) { return a.cost() < b.cost(); });
    return plan;
  }

  bool may_match() const {
    return std::all_of(conditions_.begin(), conditions_.end(), [](const RowCondition& c) { return c.may_match(); });
  }
  bool may_match(std::uint32_t page) const {
    return std::all_of(conditions_.begin(), conditions_.end(),
                       [page](const RowCondition& c) { return c.may_match(page); });
  }
  // The rows that meet every condition; empty when there are none.
  RowMask find_rows(Page& page) const {
    RowMask rows(page.rows(), 1);
    for (const auto& condition : conditions_) {
      condition.apply(page, rows);
      if (!page.ok() || is_empty(rows)) return {};
    }
    return rows;
  }

 private:
  std::vector<RowCondition> conditions_;
};

PartScan::PartScan(std::shared_ptr<const Part> part, const filter::SpanFilter& filter, StartRange range)
    : part_(std::move(part)), filter_(&filter), range_(range) {
  const PartInfo& info = part_->info();
  prepared_ = info.spans == 0 || info.max_start < range_.from || range_.to <= info.min_start;
}
PartScan::~PartScan() = default;
PartScan::PartScan(PartScan&&) noexcept = default;
PartScan& PartScan::operator=(PartScan&&) noexcept = default;

bool PartScan::is_done() const { return prepared_ && pages_.empty(); }

Timestamp PartScan::bound() const {
  const Timestamp newest =
      prepared_ && !pages_.empty() ? contents_->directory.pages[pages_.back()].max_start : part_->info().max_start;
  return newest < range_.to ? newest : range_.to - Duration(1);
}

Result<void> PartScan::prepare() {
  prepared_ = true;
  auto contents = part_->contents();
  if (!contents) return contents.error();
  contents_ = *contents;
  auto plan = Plan::create(*part_, *contents_, *filter_);
  if (!plan) return plan.error();
  plan_ = std::move(*plan);
  if (!plan_->may_match()) return {};
  const auto& pages = contents_->directory.pages;
  for (std::uint32_t page = 0; page < pages.size(); ++page) {
    if (pages[page].max_start < range_.from || range_.to <= pages[page].min_start) continue;
    if (plan_->may_match(page)) pages_.push_back(page);
  }
  std::stable_sort(pages_.begin(), pages_.end(),
                   [&pages](std::uint32_t a, std::uint32_t b) { return pages[a].max_start < pages[b].max_start; });
  return {};
}

Result<void> PartScan::step(std::vector<Match>& matches) {
  if (!prepared_) return prepare();
  if (pages_.empty()) return {};
  Page page(*part_, *contents_, pages_.back());
  pages_.pop_back();
  const RowMask rows = plan_->find_rows(page);
  const Pieces* pieces = rows.empty() ? nullptr : page.pieces();
  const Page::Column* starts = pieces == nullptr ? nullptr : &page.column(column_start);
  if (starts != nullptr && page.ok()) {
    for (std::size_t piece = 0; piece < pieces->size(); ++piece) {
      const Timestamp base{static_cast<std::int64_t>(pieces->starts[piece])};
      bool found = false;
      Timestamp newest{INT64_MIN};
      for (std::size_t row = pieces->first_rows[piece]; row < pieces->first_rows[piece + 1]; ++row) {
        if (rows[row] == 0) continue;
        const Timestamp start = base + Duration(static_cast<std::int64_t>(starts->number(row)));
        if (start < range_.from || start >= range_.to) continue;
        found = true;
        newest = std::max(newest, start);
      }
      if (found) matches.push_back({pieces->id(piece), newest});
    }
  }
  rows_ += page.rows();
  bytes_read_ += page.bytes_read();
  if (!page.ok()) return page.error();
  return {};
}

}  // namespace filo::parts
