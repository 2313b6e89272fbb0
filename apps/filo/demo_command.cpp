#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "base/random.h"
#include "command.h"
#include "command_line.h"
#include "concurrency/thread_annotations.h"
#include "loadgen_sender.h"
#include "workload/demo.h"

namespace filo::app {
namespace {

constexpr const char* description =
    "Sends the spans of a made-up online shop, service by service and as they end, so that traces come in pieces as\n"
    "they do in earnest: healthy requests, cache misses, slow queries, N+1 queries, payment timeouts with retries.";
constexpr const char* examples =
    "Examples:\n"
    "  filo demo\n"
    "  filo demo --rate 50 --duration 10m --backfill 1h\n"
    "  filo demo --endpoint grpc://collector.internal:4317";

constexpr Duration flush_interval = std::chrono::milliseconds(500);
constexpr Duration between_past_requests = std::chrono::seconds(1);
constexpr std::size_t request_spans_max = 512;
constexpr std::size_t waiting_max = 1'000'000;  // spans that have not ended yet

std::atomic<bool> stop_requested{false};

void stop_on_signal(int signal) {
  stop_requested.store(true);
  std::signal(signal, SIG_DFL);
}

struct Arguments {
  std::string endpoint = "http://127.0.0.1:4318";
  std::string duration;
  std::string backfill = "15m";
  double rate = 5;
  std::uint64_t seed = 0;
};

struct DemoSettings {
  Target target;
  std::optional<Duration> duration;
  Duration backfill{0};
  double requests_per_second = 5;
  std::uint64_t seed = 0;
};

struct WaitingSpan {
  std::shared_ptr<const SpanBatch> owner;
  const Span* span;
  // The one that ends first is on top of the queue.
  bool operator<(const WaitingSpan& other) const { return span->end > other.span->end; }
};

class Shop {
 public:
  Shop(const DemoSettings& settings, const Clock& clock)
      : settings_(settings),
        clock_(clock),
        sender_(settings.target, clock),
        demo_(settings.seed),
        random_(settings.seed) {}

  // Returns the exit code.
  int run() {
    const Timestamp began = clock_.now();
    for (Timestamp at = began - settings_.backfill; at < began && !is_over(began); at = at + between_past_requests) {
      open_shop(at);
      if (waiting_.size() > 50 * request_spans_max) send_ended(at);
    }
    Timestamp next_request = began;
    while (!is_over(began)) {
      const Timestamp now = clock_.now();
      while (next_request <= now) {
        open_shop(next_request);
        // Customers come independently of each other.
        const double gap = -std::log(1.0 - random_.unit()) / settings_.requests_per_second;
        next_request = next_request + Duration(static_cast<std::int64_t>(gap * 1e9));
      }
      send_ended(now);
      const MutexLock lock(mutex_);
      never_.wait_for(mutex_, flush_interval);
    }
    send_ended(Timestamp{INT64_MAX});
    std::printf("%llu requests, %llu spans sent, %llu not kept\n", static_cast<unsigned long long>(requests_),
                static_cast<unsigned long long>(sent_), static_cast<unsigned long long>(lost_));
    return sent_ > 0 ? 0 : 1;
  }

 private:
  bool is_over(Timestamp began) const {
    return stop_requested.load() || (settings_.duration && clock_.now() - began >= *settings_.duration);
  }

  void open_shop(Timestamp at) {
    if (waiting_.size() > waiting_max) return;
    const auto batch = std::make_shared<const SpanBatch>(demo_.next_request(at));
    for (const auto& span : batch->spans) waiting_.push({batch, &span});
    ++requests_;
  }

  // Each service exports its own.
  void send_ended(Timestamp now) {
    std::vector<std::shared_ptr<const SpanBatch>> owners;
    std::map<std::string_view, std::vector<Span>> by_service;
    while (!waiting_.empty() && waiting_.top().span->end <= now) {
      const WaitingSpan& ended = waiting_.top();
      by_service[ended.span->resource->service].push_back(*ended.span);
      owners.push_back(ended.owner);
      waiting_.pop();
    }
    for (const auto& [service, spans] : by_service) {
      for (std::size_t at = 0; at < spans.size(); at += request_spans_max) {
        send(std::span<const Span>(spans).subspan(at, std::min(request_spans_max, spans.size() - at)));
      }
    }
  }

  void send(std::span<const Span> spans) {
    const Answer answer = sender_.send(sender_.encode(spans));
    if (answer.verdict == Verdict::answered) {
      sent_ += spans.size();
      return;
    }
    if (lost_ == 0) std::fprintf(stderr, "filo demo: %s: %s\n", answer.status.c_str(), answer.reason.c_str());
    lost_ += spans.size();
  }

  const DemoSettings& settings_;
  const Clock& clock_;
  Sender sender_;
  workload::Demo demo_;
  Random random_;
  std::priority_queue<WaitingSpan> waiting_;
  std::uint64_t requests_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  Mutex mutex_;
  std::condition_variable_any never_;
};

Result<DemoSettings> read_settings(const Arguments& a, const Clock& clock) {
  DemoSettings settings;
  auto target = parse_target(a.endpoint);
  if (!target) return target.error().with_prefix("--endpoint");
  settings.target = *target;
  settings.requests_per_second = a.rate;
  settings.seed = a.seed != 0 ? a.seed : static_cast<std::uint64_t>(clock.now().unix_ns);
  auto backfill = read_duration("--backfill", a.backfill);
  if (!backfill) return backfill.error();
  settings.backfill = *backfill;
  if (!a.duration.empty()) {
    auto duration = read_duration("--duration", a.duration);
    if (!duration) return duration.error();
    settings.duration = *duration;
  }
  return settings;
}

int run_demo(int argc, char** argv) {
  CLI::App cli(description, "filo demo");
  Arguments arguments;
  cli.add_option("--endpoint", arguments.endpoint, "Where spans go: http://HOST:PORT or grpc://HOST:PORT")
      ->capture_default_str();
  cli.add_option("--rate", arguments.rate, "Requests to the shop per second, 5 to 60 spans each")
      ->check(CLI::Range(0.01, 2'000.0))
      ->capture_default_str();
  cli.add_option("--duration", arguments.duration, "How long, such as 10m; until Ctrl-C when absent");
  cli.add_option("--backfill", arguments.backfill, "So much of the past first, a request a second; 0s for none")
      ->capture_default_str();
  cli.add_option("--seed", arguments.seed, "What the requests are made from; the time when absent");
  cli.footer(examples);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  const SystemClock clock;
  auto settings = read_settings(arguments, clock);
  if (!settings) return wrong_usage("demo", settings.error().message);
  std::signal(SIGINT, stop_on_signal);
  std::signal(SIGTERM, stop_on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  Shop shop(*settings, clock);
  return shop.run();
}

}  // namespace

const Command demo_command{"demo", "send a made-up shop's traffic, as it happens", run_demo};

}  // namespace filo::app
