// PieceCursor: the pieces of a part one after the other, in stored order (by start), whole. Holds the columns of a page
// and one piece in memory. One thread; keeps the part open.
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

  // Null at the end. May be moved from before advance().
  StoredPiece* current() { return current_ ? &*current_ : nullptr; }
  Result<void> advance();

 private:
  PieceCursor(std::shared_ptr<const Part> part, std::shared_ptr<const Contents> contents)
      : part_(std::move(part)), contents_(std::move(contents)) {}

  Result<void> open_page();

  std::shared_ptr<const Part> part_;
  std::shared_ptr<const Contents> contents_;
  std::optional<StoredPiece> current_;
  std::uint32_t next_page_ = 0;
  std::unique_ptr<Page> page_;  // the page at hand, and which of its pieces comes next
  const Pieces* pieces_ = nullptr;
  std::uint32_t next_piece_ = 0;
};

}  // namespace filo::parts
