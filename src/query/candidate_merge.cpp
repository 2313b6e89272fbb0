#include "query/candidate_merge.h"

#include <algorithm>

namespace filo::query {

CandidateMerge::CandidateMerge(std::span<const NamedReader> readers, TraceQuery query) : query_(std::move(query)) {
  for (const auto& reader : readers) {
    Stream stream;
    stream.reader = &reader;
    streams_.push_back(std::move(stream));
  }
}

void CandidateMerge::read(Stream& stream, Deadline deadline, ScanReport& scan) {
  stream.page.clear();
  auto page = stream.reader->reader->candidates(query_, deadline);
  if (!page) {
    scan.warn(stream.reader->name + ": " + page.error().message);
    stream.ended = stream.failed = true;
    return;
  }
  // A page that does not end and brings nothing would be asked for again without end.
  stream.failed = !page->exhausted && page->places.empty();
  stream.ended = page->exhausted || stream.failed;
  scan.add(page->scan);
  if ((!page->scan.complete && page->scan.warnings.empty()) || stream.failed) {
    scan.warn(stream.reader->name + ": not everything could be searched in time");
  }
  // What a reader got out of order it does not get to put before others.
  std::sort(page->places.begin(), page->places.end(), std::greater<>());
  for (const auto& place : page->places) {
    if (!query_.after || place < *query_.after) stream.page.push_back(place);
  }
  if (stream.page.empty()) stream.ended = true;
}

void CandidateMerge::refill(const std::function<Deadline()>& deadline_of_read, ScanReport& scan) {
  // A trace can move to a later reader between two reads. So once a reader was read again, what the later ones had
  // said is out of date.
  bool stale = false;
  for (auto& stream : streams_) {
    if (stream.failed) continue;
    if ((stream.page.empty() && !stream.ended) || stale) {
      read(stream, deadline_of_read(), scan);
      stale = true;
    }
  }
}

std::optional<Place> CandidateMerge::next(const std::function<Deadline()>& deadline_of_read, ScanReport& scan) {
  refill(deadline_of_read, scan);
  Stream* first = nullptr;
  for (auto& stream : streams_) {
    if (stream.page.empty()) continue;
    if (first == nullptr || stream.page.front() > first->page.front()) first = &stream;
  }
  if (first == nullptr) return std::nullopt;
  const Place place = first->page.front();
  // Two readers may name the same trace at the same place.
  for (auto& stream : streams_) {
    if (!stream.page.empty() && stream.page.front() == place) stream.page.pop_front();
  }
  query_.after = place;
  return place;
}

bool CandidateMerge::more() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const Stream& stream) { return !stream.page.empty() || !stream.ended || stream.failed; });
}

}  // namespace filo::query
