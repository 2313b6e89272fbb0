#include "parts/piece_cursor.h"

namespace filo::parts {

Result<PieceCursor> PieceCursor::open(std::shared_ptr<const Part> part) {
  auto contents = part->contents();
  if (!contents) return contents.error();
  PieceCursor cursor(std::move(part), std::move(*contents));
  if (auto advanced = cursor.advance(); !advanced) return advanced.error();
  return cursor;
}

Result<void> PieceCursor::load_page() {
  Page page(*part_, *contents_, next_page_++);
  const Pieces* pieces = page.pieces();
  if (pieces == nullptr) return page.error();
  auto batch = std::make_shared<SpanBatch>();
  batch->spans.reserve(page.rows());
  for (std::uint32_t piece = 0; piece < pieces->size(); ++piece) {
    if (auto appended = page.append_spans(piece, *batch); !appended) return appended;
  }
  pieces_ = *pieces;
  batch_ = std::move(batch);
  next_piece_ = 0;
  return {};
}

void PieceCursor::append_slice() {
  const auto begin = batch_->spans.begin() + pieces_.first_rows[next_piece_];
  const auto end = batch_->spans.begin() + pieces_.first_rows[next_piece_ + 1];
  current_->set.spans.insert(current_->set.spans.end(), begin, end);
  current_->set.owners.push_back(batch_);
  ++next_piece_;
}

Result<void> PieceCursor::advance() {
  current_.reset();
  const auto& pages = contents_->directory.pages;
  while (next_piece_ >= pieces_.size()) {
    if (next_page_ >= pages.size()) return {};
    if (auto loaded = load_page(); !loaded) return loaded;
  }
  current_.emplace();
  current_->trace_id = pieces_.id(next_piece_);
  current_->start = Timestamp{static_cast<std::int64_t>(pieces_.starts[next_piece_])};
  current_->through = pieces_.through[next_piece_];
  append_slice();
  while (next_piece_ >= pieces_.size() && next_page_ < pages.size() && pages[next_page_].continues) {
    if (auto loaded = load_page(); !loaded) return loaded;
    if (pieces_.size() == 0 || pieces_.id(0) != current_->trace_id) break;
    append_slice();
  }
  current_->set.owners.push_back(std::shared_ptr<const SpanBatch>(contents_, &contents_->tables.memory));
  return {};
}

}  // namespace filo::parts
