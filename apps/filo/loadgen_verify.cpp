#include "loadgen_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "concurrency/worker.h"
#include "model/attribute.h"
#include "model/trace.h"
#include "wire/otlp/otlp.h"

namespace filo::app {
namespace {

constexpr Duration read_timeout = std::chrono::seconds(60);
constexpr int read_tries = 3;

struct ExpectedSpan {
  const Span* span;
  Verdict verdict;
  std::uint32_t seen = 0;
};
// What is known of a span that was sent in two requests.
Verdict either(Verdict a, Verdict b) {
  if (a == Verdict::answered || b == Verdict::answered) return Verdict::answered;
  return a == b ? a : Verdict::unknown;
}

using ExpectedTrace = std::unordered_map<SpanId, ExpectedSpan>;

class Checker {
 public:
  Checker(const VerifySettings& settings, const workload::Workload& workload, const LoadResult& sent,
          const Clock& clock)
      : settings_(settings),
        workload_(workload),
        sent_(sent),
        clock_(clock),
        client_(net::HttpClient::create(settings.query.host, settings.query.port, clock)) {}

  // Traces first … first + count - 1 are made again as they were sent, for where the batches were cut; the first
  // `check` of them are compared.
  void check_group(std::uint64_t group, std::uint64_t first, std::size_t count, std::size_t check) {
    const auto shipment = workload::ship(workload_, settings_.mishaps, first, count);
    const auto& spans = shipment.batch.spans;
    const auto imperfect = sent_.imperfect_groups.find(group);
    std::unordered_map<TraceId, ExpectedTrace> traces;
    for (std::uint64_t i = first; i < first + check; ++i) traces[workload_.trace_id(i)];
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const Span& span = spans[i];
      const auto trace = traces.find(span.trace_id);
      if (trace == traces.end()) continue;
      const bool is_answered = imperfect == sent_.imperfect_groups.end();
      const Verdict verdict =
          is_answered ? Verdict::answered : imperfect->second[shipment.request_of(i, settings_.batch_spans)];
      const auto [known, is_new] = trace->second.emplace(span.id, ExpectedSpan{.span = &span, .verdict = verdict});
      // Sent twice, it is stored once if either was kept.
      if (!is_new) known->second.verdict = either(known->second.verdict, verdict);
    }
    for (auto& [id, expected] : traces) check_trace(id, expected);
  }

  Verification found;

 private:
  void check_trace(TraceId id, ExpectedTrace& expected) {
    ++found.traces;
    const auto must_be_there = static_cast<std::uint64_t>(std::count_if(
        expected.begin(), expected.end(), [](const auto& e) { return e.second.verdict == Verdict::answered; }));
    found.spans += must_be_there;
    auto stored = read(id);
    if (!stored) {
      found.unread += must_be_there;
      note(id, stored.error().message);
      return;
    }
    for (const auto& span : stored->spans) {
      const auto known = expected.find(span.id);
      if (known == expected.end() || known->second.verdict == Verdict::refused) {
        ++found.unexpected;
        note(id, "span " + to_hex(span.id) + " was not sent, or was refused");
      } else if (++known->second.seen > 1) {
        ++found.doubled;
        note(id, "span " + to_hex(span.id) + " came back twice");
      } else if (!equal(span, *known->second.span)) {
        ++found.different;
        note(id, "span " + to_hex(span.id) + " came back with other content");
      }
    }
    for (const auto& [span_id, span] : expected) {
      if (span.seen > 0 || span.verdict != Verdict::answered) continue;
      ++found.missing;
      note(id, "span " + to_hex(span_id) + " is missing");
    }
  }

  // An unknown trace has no spans.
  Result<SpanBatch> read(TraceId id) {
    const std::string path = settings_.query.path + "/api/x/v1/traces/" + to_hex(id) + "/export?format=otlp";
    Error last{ErrorCode::internal, ""};
    for (int i = 0; i < read_tries; ++i) {
      auto response = client_->request("GET", path, {}, "", Deadline::after(clock_, read_timeout));
      if (!response) {
        last = response.error();
        continue;
      }
      if (response->status == 404) return SpanBatch();
      if (response->status != 200) {
        last = {ErrorCode::unavailable, "status " + std::to_string(response->status) + ": " + response->body};
        continue;
      }
      auto decoded = wire::otlp::decode_json(response->body);
      if (!decoded) return decoded.error().with_prefix("export");
      if (decoded->rejected.total() > 0) {
        return Error{ErrorCode::corrupt_data, "export holds bad spans: " + decoded->rejected.first};
      }
      return std::move(decoded->batch);
    }
    return last;
  }

  void note(TraceId id, const std::string& problem) {
    if (found.first_problem.empty()) found.first_problem = "trace " + to_hex(id) + ": " + problem;
  }

  const VerifySettings& settings_;
  const workload::Workload& workload_;
  const LoadResult& sent_;
  const Clock& clock_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace

void Verification::add(const Verification& other) {
  traces += other.traces;
  spans += other.spans;
  missing += other.missing;
  doubled += other.doubled;
  different += other.different;
  unexpected += other.unexpected;
  unread += other.unread;
  if (first_problem.empty()) first_problem = other.first_problem;
}

Verification verify(const VerifySettings& settings, const workload::Workload& workload, const LoadResult& sent,
                    const Clock& clock) {
  const std::uint64_t size = std::max<std::size_t>(1, sent.group_traces);
  const std::uint64_t groups = (settings.traces + size - 1) / size;
  // A sample is a few traces from each of at most 256 groups that lie evenly over all.
  std::uint64_t stride = 1;
  std::uint64_t check_max = size;
  if (settings.sample > 0 && settings.sample < settings.traces) {
    const std::uint64_t sampled_groups = std::clamp<std::uint64_t>(groups, 1, 256);
    stride = groups / sampled_groups;
    check_max = std::clamp<std::uint64_t>(settings.sample / sampled_groups, 1, size);
  }
  std::atomic<std::uint64_t> next{0};
  std::vector<std::unique_ptr<Checker>> checkers;
  {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < settings.connections; ++i) {
      checkers.push_back(std::make_unique<Checker>(settings, workload, sent, clock));
      workers.push_back(std::make_unique<Worker>("verify-" + std::to_string(i), [&, i](std::stop_token) {
        for (;;) {
          const std::uint64_t group = next.fetch_add(1) * stride;
          if (group >= groups) return;
          const std::uint64_t first = group * size;
          const std::uint64_t count = std::min(size, settings.traces - first);
          checkers[i]->check_group(group, first, count, std::min(count, check_max));
        }
      }));
    }
    // The workers end by themselves; stop() waits for that, their token says nothing to them.
  }
  Verification all;
  for (const auto& checker : checkers) all.add(checker->found);
  return all;
}

std::string render_text(const Verification& v) {
  std::string out = fmt::format(
      "verified {} traces, {} spans: {} missing, {} doubled, {} different, {} unexpected, {} in traces that could not "
      "be read\n",
      v.traces, v.spans, v.missing, v.doubled, v.different, v.unexpected, v.unread);
  if (!v.first_problem.empty()) out += "first problem: " + v.first_problem + "\n";
  return out;
}

std::string render_json(const Verification& v) {
  std::string out =
      fmt::format(R"({{"traces":{},"spans":{},"missing":{},"doubled":{},"different":{},"unexpected":{},"unread":{},)",
                  v.traces, v.spans, v.missing, v.doubled, v.different, v.unexpected, v.unread);
  out += "\"first_problem\":";
  append_json_string(out, v.first_problem);
  return out + "}";
}

}  // namespace filo::app
