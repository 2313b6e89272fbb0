// CandidateMerge: the candidates of several readers as one sequence in order of Place. A trace can come once for each
// reader that has a part of it. Used within one search, by one thread; holds at most one page a reader.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "query/named_reader.h"

namespace filo::query {

class CandidateMerge {
 public:
  // Readers upstream first: spans move from earlier readers to later ones while we read.
  CandidateMerge(std::span<const NamedReader> readers, TraceQuery query);

  // The next place; nothing at the end. `deadline_of_read` gives each read its deadline.
  std::optional<Place> next(const std::function<Deadline()>& deadline_of_read, ScanReport& scan);
  // Whether something was left unread: by us, or by a reader that could not go on.
  bool more() const;

 private:
  struct Stream {
    const NamedReader* reader = nullptr;
    std::deque<Place> page;
    bool ended = false;   // nothing beyond `page`
    bool failed = false;  // ended early
  };
  void read(Stream& stream, Deadline deadline, ScanReport& scan);
  // Every stream has a place or has ended.
  void refill(const std::function<Deadline()>& deadline_of_read, ScanReport& scan);

  TraceQuery query_;  // `after` is the place that was given last
  std::vector<Stream> streams_;
};

}  // namespace filo::query
