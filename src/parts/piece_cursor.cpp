#include "parts/piece_cursor.h"

namespace filo::parts {

Result<PieceCursor> PieceCursor::open(std::shared_ptr<const Part> part) {
  auto contents = part->contents();
  if (!contents) return contents.error();
  PieceCursor cursor(std::move(part), std::move(*contents));
  if (auto advanced = cursor.advance(); !advanced) return advanced.error();
  return cursor;
}

Result<void> PieceCursor::open_page() {
  page_ = std::make_unique<Page>(*part_, *contents_, next_page_++);
  pieces_ = page_->pieces();
  next_piece_ = 0;
  if (pieces_ == nullptr) return page_->error();
  return {};
}

Result<void> PieceCursor::advance() {
  current_.reset();
  const auto& pages = contents_->directory.pages;
  while (pieces_ == nullptr || next_piece_ >= pieces_->size()) {
    if (next_page_ >= pages.size()) return {};
    if (auto opened = open_page(); !opened) return opened;
  }
  StoredPiece piece;
  piece.trace_id = pieces_->id(next_piece_);
  piece.start = Timestamp{static_cast<std::int64_t>(pieces_->starts[next_piece_])};
  piece.through = pieces_->through[next_piece_];
  const auto batch = std::make_shared<SpanBatch>();
  if (auto appended = page_->append_spans(next_piece_++, *batch); !appended) return appended;
  while (next_piece_ >= pieces_->size() && next_page_ < pages.size() && pages[next_page_].continues) {
    if (auto opened = open_page(); !opened) return opened;
    if (pieces_->size() == 0 || pieces_->id(0) != piece.trace_id) break;
    if (auto appended = page_->append_spans(next_piece_++, *batch); !appended) return appended;
  }
  piece.set.spans = batch->spans;
  piece.set.owners.push_back(batch);
  piece.set.owners.push_back(std::shared_ptr<const SpanBatch>(contents_, &contents_->tables.memory));
  current_ = std::move(piece);
  return {};
}

}  // namespace filo::parts
