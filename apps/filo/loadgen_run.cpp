#include "loadgen_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <deque>

#include "concurrency/thread_annotations.h"

namespace filo::app {
namespace {

constexpr Duration wake_interval = std::chrono::milliseconds(50);  // how late a request to stop may be seen
constexpr Duration retry_wait_min = std::chrono::milliseconds(20);
constexpr Duration retry_wait_max = std::chrono::seconds(1);

std::size_t choose_group_traces(const LoadSettings& settings, const workload::Workload& workload) {
  const std::size_t full = workload.group_traces();
  if (settings.spans_per_second <= 0) return full;
  // At a low rate, groups that take about half a second on one connection.
  const double spans = settings.spans_per_second / settings.connections / 2;
  const double part = std::max(spans, static_cast<double>(settings.batch_spans)) / 4096;
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(full) * std::min(part, 1.0)));
}

// What the connections share.
struct Shared {
  const LoadSettings& settings;
  const workload::Workload& workload;
  const Clock& clock;
  const std::atomic<bool>& stop_requested;
  const std::size_t group_traces;
  const Duration began;
  std::atomic<std::uint64_t> next_group{0};
  std::atomic<std::uint64_t> spans_due{0};
  std::atomic<std::uint64_t> spans_answered{0};
  std::atomic<std::uint64_t> spans_not_kept{0};
  std::atomic<unsigned> running{0};

  bool is_over() const {
    if (stop_requested.load(std::memory_order_relaxed)) return true;
    return settings.duration && clock.steady_now() - began >= *settings.duration;
  }
};

class Connection {
 public:
  explicit Connection(Shared& shared) : shared_(shared), sender_(shared.settings.target, shared.clock) {}

  void run() {
    while (!shared_.is_over()) {
      const std::uint64_t group = shared_.next_group.fetch_add(1);
      const std::uint64_t first = group * shared_.group_traces;
      std::size_t count = shared_.group_traces;
      if (const auto max = shared_.settings.traces_max; max > 0) {
        if (first >= max) break;
        count = std::min<std::uint64_t>(count, max - first);
      }
      send_group(group, first, count);
      traces += count;
      ++groups;
      while (!late_.empty() && late_.front().due <= shared_.clock.steady_now()) send_late();
    }
    while (!late_.empty()) {
      const Duration left = late_.front().due - shared_.clock.steady_now();
      if (left <= Duration::zero() || shared_.stop_requested.load(std::memory_order_relaxed)) {
        send_late();
      } else {
        pause(std::min(left, wake_interval));
      }
    }
  }

  Tally tally;
  Verdicts imperfect;
  std::uint64_t traces = 0;
  std::uint64_t groups = 0;

 private:
  // A group whose late spans are still to be sent; they are made again when it is time, so that waiting costs nothing.
  struct Late {
    std::uint64_t group;
    std::uint64_t first;
    std::size_t count;
    Duration due;
    std::vector<Verdict> verdicts;  // on the spans before
  };

  void send_group(std::uint64_t group, std::uint64_t first, std::size_t count) {
    const auto shipment = workload::ship(shared_.workload, shared_.settings.mishaps, first, count);
    const std::span<const Span> spans(shipment.batch.spans);
    std::vector<Verdict> verdicts;
    send_spans(spans.first(shipment.prompt), verdicts);
    if (shipment.prompt == spans.size()) return note(group, std::move(verdicts));
    const Duration due = shared_.clock.steady_now() + shared_.settings.late_by;
    late_.push_back({group, first, count, due, std::move(verdicts)});
  }

  void send_late() {
    Late late = std::move(late_.front());
    late_.pop_front();
    const auto shipment = workload::ship(shared_.workload, shared_.settings.mishaps, late.first, late.count);
    send_spans(std::span<const Span>(shipment.batch.spans).subspan(shipment.prompt), late.verdicts);
    note(late.group, std::move(late.verdicts));
  }

  void send_spans(std::span<const Span> spans, std::vector<Verdict>& verdicts) {
    for (std::size_t at = 0; at < spans.size(); at += shared_.settings.batch_spans) {
      const auto part = spans.subspan(at, std::min(shared_.settings.batch_spans, spans.size() - at));
      verdicts.push_back(send_batch(part));
    }
  }

  void note(std::uint64_t group, std::vector<Verdict> verdicts) {
    const bool is_perfect =
        std::all_of(verdicts.begin(), verdicts.end(), [](Verdict v) { return v == Verdict::answered; });
    if (!is_perfect) imperfect.emplace(group, std::move(verdicts));
  }

  Verdict send_batch(std::span<const Span> spans) {
    const std::string body = sender_.encode(spans);
    const Duration due = wait_until_due(spans.size());
    const Duration give_up_at = shared_.clock.steady_now() + shared_.settings.give_up_after;
    Duration wait = retry_wait_min;
    Answer answer;
    for (;;) {
      answer = sender_.send(body);
      ++tally.tries;
      tally.bytes += body.size();
      auto& status = tally.statuses[answer.status];
      ++status.requests;
      status.spans += spans.size();
      if (answer.verdict == Verdict::answered) break;
      if (tally.first_reason.empty()) tally.first_reason = answer.status + ": " + answer.reason;
      if (shared_.settings.persistence == Persistence::once || !answer.is_retryable) break;
      if (shared_.clock.steady_now() >= give_up_at) break;
      pause(answer.retry_after.value_or(wait));
      wait = std::min(wait * 2, retry_wait_max);
    }
    count(answer, spans.size(), shared_.clock.steady_now() - due);
    return answer.verdict;
  }

  void count(const Answer& answer, std::size_t spans, Duration latency) {
    Counts& outcome = answer.verdict == Verdict::answered  ? tally.answered
                      : answer.verdict == Verdict::refused ? tally.refused
                                                           : tally.unknown;
    for (Counts* counts : {&tally.sent, &outcome}) {
      ++counts->requests;
      counts->spans += spans;
    }
    tally.rejected_spans += answer.rejected_spans;
    if (answer.verdict == Verdict::answered) {
      tally.latencies.add(latency);
      shared_.spans_answered.fetch_add(spans, std::memory_order_relaxed);
    } else {
      shared_.spans_not_kept.fetch_add(spans, std::memory_order_relaxed);
    }
  }

  // When the batch should go out; at once when there is no rate, or when the time for sending is over.
  Duration wait_until_due(std::size_t spans) {
    if (shared_.settings.spans_per_second <= 0) return shared_.clock.steady_now();
    const auto before = static_cast<double>(shared_.spans_due.fetch_add(spans));
    const Duration due =
        shared_.began + Duration(static_cast<std::int64_t>(before / shared_.settings.spans_per_second * 1e9));
    for (;;) {
      const Duration left = due - shared_.clock.steady_now();
      if (left <= Duration::zero()) return due;
      if (shared_.is_over()) return shared_.clock.steady_now();
      pause(std::min(left, wake_interval));
    }
  }

  void pause(Duration time) {
    MutexLock lock(mutex_);
    never_.wait_for(mutex_, time);
  }

  Shared& shared_;
  Sender sender_;
  std::deque<Late> late_;  // in the order of their time
  Mutex mutex_;
  std::condition_variable_any never_;
};

void print_progress(Shared& shared, std::uint64_t& answered_before, std::uint64_t& not_kept_before, Duration passed) {
  const std::uint64_t answered = shared.spans_answered.load(std::memory_order_relaxed);
  const std::uint64_t not_kept = shared.spans_not_kept.load(std::memory_order_relaxed);
  fmt::print(stderr, "{:>5.0f} s  {:>9} spans/s answered  {:>9} spans/s not\n",
             std::round(static_cast<double>(passed.count()) / 1e9), answered - answered_before,
             not_kept - not_kept_before);
  std::fflush(stderr);
  answered_before = answered;
  not_kept_before = not_kept;
}

}  // namespace

LoadResult run_load(const LoadSettings& settings, const workload::Workload& workload, const Clock& clock,
                    const std::atomic<bool>& stop_requested) {
  Shared shared{.settings = settings,
                .workload = workload,
                .clock = clock,
                .stop_requested = stop_requested,
                .group_traces = choose_group_traces(settings, workload),
                .began = clock.steady_now()};
  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned i = 0; i < settings.connections; ++i) connections.push_back(std::make_unique<Connection>(shared));
  Mutex mutex;
  std::condition_variable_any all_done;
  shared.running = settings.connections;
  {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < settings.connections; ++i) {
      workers.push_back(std::make_unique<Worker>("load-" + std::to_string(i), [&, i](std::stop_token) {
        connections[i]->run();
        const MutexLock lock(mutex);
        if (shared.running.fetch_sub(1) == 1) all_done.notify_all();
      }));
    }
    std::uint64_t answered = 0;
    std::uint64_t not_kept = 0;
    Duration next_line = shared.began + std::chrono::seconds(1);
    while (shared.running.load() > 0) {
      {
        MutexLock lock(mutex);
        const Duration left = next_line - clock.steady_now();
        if (shared.running.load() > 0 && left > Duration::zero()) all_done.wait_for(mutex, left);
      }
      if (clock.steady_now() < next_line) continue;
      print_progress(shared, answered, not_kept, clock.steady_now() - shared.began);
      next_line += std::chrono::seconds(1);
    }
  }
  LoadResult result;
  result.took = clock.steady_now() - shared.began;
  result.group_traces = shared.group_traces;
  for (auto& connection : connections) {
    result.tally.add(connection->tally);
    result.traces += connection->traces;
    result.groups += connection->groups;
    result.imperfect_groups.merge(connection->imperfect);
  }
  return result;
}

}  // namespace filo::app
