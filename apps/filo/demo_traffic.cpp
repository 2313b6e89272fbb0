#include "demo_traffic.h"

#include <condition_variable>
#include <mutex>

#include "workload/demo.h"

namespace filo::app {
namespace {

constexpr Duration between_requests = std::chrono::milliseconds(200);
constexpr Duration past = std::chrono::minutes(15);
constexpr Duration between_past_requests = std::chrono::seconds(1);
// A request's spans are all ended this long after it began, so that they can be sent as past.
constexpr Duration settled = std::chrono::seconds(10);

}  // namespace

DemoTraffic::DemoTraffic(pipeline::SpanSink& sink, const Clock& clock) : clock_(clock), intake_(sink, clock) {
  worker_.emplace("demo", [this](std::stop_token stop) { run(stop); });
}

void DemoTraffic::describe(telemetry::MetricWriter& writer) const {
  receivers::describe(intake_.metrics(), "demo", writer);
}

void DemoTraffic::run(const std::stop_token& stop) {
  workload::Demo demo(static_cast<std::uint64_t>(clock_.now().unix_ns));
  const auto send = [&](Timestamp begun) {
    wire::Decoded request;
    request.batch = demo.next_request(begun);
    const Duration began = intake_.count_request();
    intake_.offer(std::move(request), began, [](const Result<wire::Rejections>&) {});
  };
  for (Timestamp at = clock_.now() - past; at < clock_.now() - settled && !stop.stop_requested();
       at = at + between_past_requests) {
    send(at);
  }
  std::mutex mutex;
  std::condition_variable_any wait;
  while (!stop.stop_requested()) {
    send(clock_.now() - settled);
    std::unique_lock lock(mutex);
    (void)wait.wait_for(lock, stop, between_requests, [] { return false; });
  }
}

}  // namespace filo::app
