// OpenTraces: the traces that were asked for last, put together, so that the questions of an open trace page do not
// read it again. One is used only while no reader has changed what it has of it. Thread-safe; bounded in traces and
// bytes; what a caller holds stays alive.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "concurrency/thread_annotations.h"
#include "query/engine.h"

namespace filo::api {

struct OpenTrace {
  query::FoundTrace found;
  std::string version;
};

class OpenTraces {
 public:
  static constexpr std::size_t traces_max = 4;

  // The engine outlives this. 0 bytes: nothing is kept.
  OpenTraces(const query::Engine& engine, std::size_t bytes_max) : engine_(engine), bytes_max_(bytes_max) {}

  // Without spans when no reader knows the trace.
  std::shared_ptr<const OpenTrace> find(TraceId id, Deadline deadline) EXCLUDES(mutex_);

 private:
  struct Kept {
    std::uint64_t revision;
    std::size_t bytes;
    std::shared_ptr<const OpenTrace> trace;
  };
  std::shared_ptr<const OpenTrace> take_kept(TraceId id, std::uint64_t revision) EXCLUDES(mutex_);
  void keep(Kept kept) EXCLUDES(mutex_);

  const query::Engine& engine_;
  const std::size_t bytes_max_;
  Mutex mutex_;
  std::list<Kept> kept_ GUARDED_BY(mutex_);  // the one used last comes first
};

}  // namespace filo::api
