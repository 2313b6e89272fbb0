// A hundred thousand random searches of the whole server (window and store, through the engine) against a plain look at
// every span that was sent: while spans are in the window, when they are sealed, after merging, after a restart.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "io/memory_file_system.h"
#include "telemetry/log.h"
#include "test/support/random_traces.h"
#include "test/support/stack.h"

namespace filo {
namespace {

using namespace std::chrono_literals;

constexpr int worlds = 50;
#if defined(__SANITIZE_ADDRESS__)
constexpr int queries_per_stage = 25;  // a twentieth: sanitizers look for other things
#else
constexpr int queries_per_stage = 500;
static_assert(worlds * 4 * queries_per_stage >= 100'000);  // four stages
#endif

using Model = std::map<TraceId, Trace>;

std::vector<query::Place> oracle(const Model& model, const query::TraceQuery& query) {
  std::vector<query::Place> places;
  for (const auto& [id, trace] : model) {
    std::optional<Timestamp> newest;
    for (const auto& span : trace.spans) {
      if (!query.range.contains(span.start) || !filter::matches(query.filter, span)) continue;
      newest = std::max(newest.value_or(span.start), span.start);
    }
    if (newest && (!query.after || query::Place{*newest, id} < *query.after)) places.push_back({*newest, id});
  }
  std::sort(places.begin(), places.end(), std::greater<>());
  if (places.size() > query.limit) places.resize(query.limit);
  return places;
}

class Collector final : public query::SearchListener {
 public:
  bool on_trace(const query::TraceSummary& summary, const Trace& trace) override {
    places.push_back({summary.match.start, trace.id});
    sizes.push_back(trace.spans.size());
    return true;
  }
  bool on_progress(const query::SearchProgress&) override { return true; }
  std::vector<query::Place> places;
  std::vector<std::size_t> sizes;
};

// Conditions that often hold, because they are read off a span that exists, and sometimes do not.
class Questions {
 public:
  Questions(Random& random, const Model& model) : random_(random), model_(model) {}

  query::TraceQuery next() {
    query::TraceQuery query;
    const Trace& trace = std::next(model_.begin(), static_cast<std::ptrdiff_t>(random_.below(model_.size())))->second;
    const Span& span = trace.spans[random_.below(trace.spans.size())];
    for (std::uint64_t i = 0, n = random_.below(4); i < n; ++i) {
      auto condition = condition_on(span);
      if (condition) query.filter.conditions.push_back(std::move(*condition));
    }
    if (random_.chance(0.5)) query.range = {span.start - random_duration(), span.start + random_duration()};
    query.limit = 1 + random_.below(30);
    if (random_.chance(0.3)) query.after = query::Place{span.start, trace.id};
    return query;
  }

 private:
  Duration random_duration() { return Duration(random_.between(0, 1'000'000'000'000)); }

  Result<filter::Condition> condition_on(const Span& span) {
    using filter::Field;
    using filter::Op;
    const Op text_op = random_.chance(0.8) ? Op::equal : Op::not_equal;
    const Op number_op = std::array{Op::greater, Op::greater_equal, Op::less, Op::less_equal}[random_.below(4)];
    switch (random_.below(6)) {
      case 0:
        return filter::make_condition(Field::service, text_op, span.resource->service);
      case 1:
        return filter::make_condition(Field::operation, text_op, span.name);
      case 2:
        return filter::make_condition(Field::kind, text_op, name_of(span.kind));
      case 3:
        return filter::make_condition(Field::status, text_op, name_of(span.status));
      case 4:
        return filter::make_condition(Field::duration, number_op, std::to_string(span.duration().count()) + "ns");
      default:
        break;
    }
    const auto& list = random_.chance(0.7) ? span.attributes : span.resource->attributes;
    if (list.empty()) return Error{ErrorCode::not_found, "no attribute"};
    const Attribute& attribute = list[random_.below(list.size())];
    const auto level = random_.chance(0.7) ? filter::Level::any : filter::Level::span;
    const bool is_number = attribute.value.type() == ValueType::int64 || attribute.value.type() == ValueType::float64;
    const Op op = random_.chance(0.15)               ? Op::exists
                  : random_.chance(0.1)              ? Op::absent
                  : is_number && random_.chance(0.5) ? number_op
                                                     : text_op;
    return filter::make_attribute_condition(level, attribute.key, op, to_text(attribute.value));
  }

  Random& random_;
  const Model& model_;
};

class World {
 public:
  explicit World(std::uint64_t seed)
      : random_(seed), source_(seed, {.spans_max = 8, .hostile = seed % 2 == 0 ? 0.02 : 0.2, .spread = 90min}) {
    config_.pipeline.shards = 1 + static_cast<unsigned>(seed % 2);
    config_.pipeline.idle = 1h;
    config_.pipeline.age_max = 1h;
    config_.store.max_age = Duration::zero();
    config_.store.small_parts_max = 2;
  }

  void run() {
    start();
    for (int i = 0; i < 40; ++i) send();
    compare("in the window");
    restart();
    for (int i = 0; i < 20; ++i) send();
    compare("half in the store");
    restart();
    const auto merged = stack_->store().maintain({});
    ASSERT_TRUE(merged) << merged.error().message;
    compare("merged");
    restart();
    compare("started again");
    stack_->stop(Deadline::never());
  }

 private:
  void start() {
    auto opened = test::Stack::open(config_, files_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    stack_ = std::move(*opened);
  }
  void restart() {
    stack_->stop(Deadline::never());
    stack_.reset();
    start();
  }
  void send() {
    const bool is_late = !model_.empty() && random_.chance(0.2);
    const Trace trace =
        is_late
            ? source_.next(std::next(model_.begin(), static_cast<std::ptrdiff_t>(random_.below(model_.size())))->first)
            : source_.next();
    ASSERT_TRUE(stack_->send(trace.spans).has_value());
    Trace& known = model_[trace.id];
    SpanSet set{known.owners, known.spans};
    set.append({trace.owners, trace.spans});
    known = assemble(trace.id, std::move(set));
  }
  void compare(const char* stage) {
    SCOPED_TRACE(stage);
    Questions questions(random_, model_);
    for (int i = 0; i < queries_per_stage; ++i) {
      const query::TraceQuery query = questions.next();
      Collector got;
      const auto end = stack_->engine().search(query, Deadline::never(), got);
      ASSERT_TRUE(end.scan.complete);
      ASSERT_EQ(got.places, oracle(model_, query)) << filter::to_text(query.filter);
      for (std::size_t k = 0; k < got.places.size(); ++k) {
        ASSERT_EQ(got.sizes[k], model_.at(got.places[k].trace_id).spans.size());
      }
    }
  }

  Random random_;
  SystemClock clock_;
  io::MemoryFileSystem files_;
  test::RandomTraces source_;
  test::StackConfig config_;
  Model model_;
  std::unique_ptr<test::Stack> stack_;
};

TEST(SearchOracle, AHundredThousandSearchesAgree) {
  log::set_level(log::Level::off);
  for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World(seed).run();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace filo
