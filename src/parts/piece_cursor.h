// PieceCursor: the pieces of a part one after the other, in stored order (by start), whole. Holds about a page in
// memory. One thread; keeps the part open.
#pragma once

#include <memory>
#include <optional>

#include "parts/page.h"

namespace filo::parts {

struct StoredPiece {
  TraceId trace_id;
  Timestamp start;
  std::uint64_t through = 0;
  SpanSet set;
};

class PieceCursor {
 public:
  static Result<PieceCursor> open(std::shared_ptr<const Part> part);

  // Null at the end.
  const StoredPiece* current() const { return current_ ? &*current_ : nullptr; }
  Result<void> advance();

 private:
  PieceCursor(std::shared_ptr<const Part> part, std::shared_ptr<const Contents> contents)
      : part_(std::move(part)), contents_(std::move(contents)) {}

  Result<void> load_page();
  void append_slice();

  std::shared_ptr<const Part> part_;
  std::shared_ptr<const Contents> contents_;
  std::optional<StoredPiece> current_;
  std::uint32_t next_page_ = 0;
  // The page at hand: its spans, and which come next.
  std::shared_ptr<const SpanBatch> batch_;
  Pieces pieces_;
  std::size_t next_piece_ = 0;
};

}  // namespace filo::parts
