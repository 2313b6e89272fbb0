// The whole server on a disk that fails, tears and forgets: whatever was answered is found after the next start, once,
// and equal; whatever was not answered may be there or not.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "io/faulty_file_system.h"
#include "io/memory_file_system.h"
#include "telemetry/log.h"
#include "test/support/random_traces.h"
#include "test/support/stack.h"
#include "wire/otlp/otlp.h"

namespace filo {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seeds = 1000;

test::StackConfig random_config(Random& random) {
  test::StackConfig config;
  config.pipeline.shards = 1 + static_cast<unsigned>(random.below(3));
  config.pipeline.idle = std::chrono::milliseconds(random.below(3));
  config.pipeline.age_max = 5ms;
  config.pipeline.seal_interval = 1ms;
  config.journal.log.file_bytes_max = 2000 + random.below(20'000);
  config.journal.reserve_bytes = 0;
  config.journal.check_interval = 1ms;
  config.store.small_parts_max = 2 + random.below(4);
  config.store.max_age = Duration::zero();
  return config;
}

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : random_(seed), faulty_(disk_, seed), source_(seed, {.spans_max = 6, .hostile = 0.05}) {}

  void run() {
    for (int life = 0; life < 3; ++life) {
      if (random_.chance(0.3)) {
        faulty_.fail_randomly(io::Operation::append, 0.02, {ErrorCode::disk_full, 0});
        faulty_.fail_randomly(io::Operation::sync, 0.02);
        faulty_.fail_randomly(io::Operation::rename, 0.05);
        faulty_.fail_randomly(io::Operation::sync_dir, 0.05);
      }
      live();
      faulty_.heal();
      check();
    }
  }

 private:
  // Sends, then loses power in the middle of whatever goes on.
  void live() {
    auto opened = test::Stack::open(random_config(random_), faulty_, clock_);
    if (!opened) return disk_.power_cut(random_);  // it may not open on a failing disk; it must not lose anything
    test::Stack& stack = **opened;
    for (std::uint64_t i = 0, n = 1 + random_.below(12); i < n; ++i) {
      const bool is_new = sent_.empty() || random_.chance(0.7);
      const Trace trace = sendable(is_new ? source_.next() : source_.next(known_id()));
      if (trace.spans.empty()) continue;
      const Result<void> answered = stack.send(trace.spans);
      Known& known = sent_[trace.id];
      SpanSet& spans = answered ? known.answered : known.maybe;
      spans.append({trace.owners, trace.spans});
      if (random_.chance(0.1)) (void)stack.store().maintain({});
    }
    // Nobody writes to a disk after the power went: without this, what is left of this life would go on in the next.
    faulty_.set_access(io::Access::read_only);
    disk_.power_cut(random_);
    stack.stop(Deadline::after(clock_, 0s));
  }

  void check() {
    auto opened = test::Stack::open(random_config(random_), faulty_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    for (const auto& [id, known] : sent_) {
      const auto found = (*opened)->engine().find(id, Deadline::never());
      ASSERT_TRUE(found.scan.complete);
      const Trace answered = assemble(id, known.answered);
      SpanSet all = known.answered;
      all.append(known.maybe);
      const Trace most = assemble(id, std::move(all));
      for (const auto& span : answered.spans) {
        ASSERT_TRUE(contains(found.trace, span)) << "lost " << to_hex(id) << " " << to_hex(span.id);
      }
      for (const auto& span : found.trace.spans) ASSERT_TRUE(contains(most, span)) << "invented " << to_hex(span.id);
      ASSERT_LE(found.trace.spans.size(), most.spans.size()) << "doubled in " << to_hex(id);
    }
    (*opened)->stop(Deadline::never());
  }

  TraceId known_id() {
    return std::next(sent_.begin(), static_cast<std::ptrdiff_t>(random_.below(sent_.size())))->first;
  }

  // Without the spans that no decoder lets through, because OTLP cannot say them: zero ids, times before 1970.
  static Trace sendable(Trace trace) {
    std::erase_if(trace.spans, [](const Span& span) {
      const auto decoded = wire::otlp::decode(wire::otlp::encode(std::span(&span, 1)));
      return !decoded || decoded->batch.spans.size() != 1 || !equal(decoded->batch.spans[0], span);
    });
    return trace;
  }

  static bool contains(const Trace& trace, const Span& wanted) {
    return std::any_of(trace.spans.begin(), trace.spans.end(), [&](const Span& span) { return equal(span, wanted); });
  }

  struct Known {
    SpanSet answered;
    SpanSet maybe;
  };
  Random random_;
  SystemClock clock_;
  io::MemoryFileSystem disk_;
  io::FaultyFileSystem faulty_;
  test::RandomTraces source_;
  std::map<TraceId, Known> sent_;
};

TEST(ServerPowerCut, NothingAnsweredIsLostInAThousandSeeds) {
  log::set_level(log::Level::off);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation(seed).run();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace filo
