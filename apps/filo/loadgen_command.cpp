#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>

#include "command.h"
#include "command_line.h"
#include "loadgen_report.h"
#include "loadgen_run.h"
#include "loadgen_verify.h"

namespace filo::app {
namespace {

constexpr const char* description =
    "Sends spans that look like production's to an OTLP endpoint and says how it went. The spans are a function of "
    "the\n"
    "seed, so --verify can make them again, read them back and compare every one in full.\n\n"
    "At a --rate the clock decides when a batch is due; latency counts from then. Without a rate it sends flat out.\n"
    "Exit code: 0 done, 1 something sent is missing, doubled or different, 2 wrong usage.";
constexpr const char* examples =
    "Examples:\n"
    "  filo loadgen --rate 20000 --duration 1m\n"
    "  filo loadgen --endpoint grpc://127.0.0.1:4317 --connections 8 --traces 1000000 --verify --verify-sample 2000\n"
    "  filo loadgen --traces 1 --spans-per-trace 100000         one huge trace\n"
    "  filo loadgen --traces 2000 --rootless 0.1 --late 0.1 --duplicates 0.05 --verify\n"
    "  filo loadgen --retry --duration 10m --report json > sent.json\n"
    "  filo loadgen --verify-only --seed 7 --traces 5000 --start-time 1700000000000000000";

std::atomic<bool> stop_requested{false};

// The first Ctrl-C ends the run with its report; the second one ends the process.
void stop_on_signal(int signal) {
  stop_requested.store(true);
  std::signal(signal, SIG_DFL);
}

struct Arguments {
  std::string endpoint = "http://127.0.0.1:4318";
  std::string query = "http://127.0.0.1:16686";
  std::string duration;
  std::string timeout = "10s";
  std::string spacing;
  std::string profile = "small";
  std::string report = "text";
  std::string start_time;
  std::string late_by = "15s";
  workload::Mishaps mishaps;
  double rate = 0;
  std::uint64_t traces = 0;
  std::uint64_t seed = 0;
  std::uint64_t verify_sample = 0;
  std::uint32_t spans_per_trace = 0;
  std::size_t batch = 512;
  unsigned connections = 4;
  bool with_gzip = false;
  bool with_json = false;
  bool with_retry = false;
  bool with_verify = false;
  bool only_verify = false;
};

void declare(CLI::App& cli, Arguments& a) {
  cli.add_option("--endpoint", a.endpoint, "Where spans go: http://HOST:PORT or grpc://HOST:PORT")
      ->capture_default_str();
  cli.add_option("--rate", a.rate, "Spans per second; flat out when absent")->check(CLI::PositiveNumber);
  cli.add_option("--duration", a.duration, "How long, such as 30s; 10s when --traces is absent too");
  cli.add_option("--traces", a.traces, "How many traces")->check(CLI::PositiveNumber);
  cli.add_option("--profile", a.profile, "small (440 B a span, 10 a trace), realistic (1 kB) or tiny (140 B)")
      ->check(CLI::IsMember({"small", "realistic", "tiny"}))
      ->capture_default_str();
  cli.add_option("--spans-per-trace", a.spans_per_trace, "The same for every trace, instead of the profile's")
      ->check(CLI::Range(1U, workload::spans_per_trace_max));
  const auto add_fraction = [&cli](const char* name, double& fraction, const char* text) {
    cli.add_option(name, fraction, text)->check(CLI::Range(0.0, 1.0))->capture_default_str();
  };
  add_fraction("--rootless", a.mishaps.rootless, "Fraction of traces whose first span names a parent never sent");
  add_fraction("--late", a.mishaps.late, "Fraction of traces that get a third of their spans later");
  cli.add_option("--late-by", a.late_by, "How much later; traces leave the window when idle for 5s")
      ->capture_default_str();
  add_fraction("--duplicates", a.mishaps.duplicated, "Fraction of spans sent twice; they are to be stored once");
  cli.add_option("--seed", a.seed, "What the spans are made from; the time when absent");
  cli.add_option("--start-time", a.start_time, "Start of the first trace: 1h (ago), RFC 3339 or unix ns; now");
  cli.add_option("--spacing", a.spacing, "Between the starts of traces; by the rate, else 10us");
  cli.add_option("--connections", a.connections, "At once")->check(CLI::Range(1U, 256U))->capture_default_str();
  cli.add_option("--batch", a.batch, "Spans in a request")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  cli.add_option("--timeout", a.timeout, "For one answer")->capture_default_str();
  cli.add_flag("--gzip", a.with_gzip, "Compress requests (HTTP)");
  cli.add_flag("--json", a.with_json, "OTLP JSON instead of protobuf (HTTP)");
  cli.add_flag("--retry", a.with_retry, "Send a batch again until it is answered, honouring Retry-After");
  cli.add_flag("--verify", a.with_verify, "Afterwards, read every trace back and compare it");
  cli.add_flag("--verify-only", a.only_verify,
               "Send nothing; needs --seed, --traces, --start-time and the same fractions");
  cli.add_option("--verify-sample", a.verify_sample, "Compare about so many traces instead of all")
      ->check(CLI::PositiveNumber);
  cli.add_option("--query", a.query, "Where traces are read back")->capture_default_str();
  cli.add_option("--report", a.report, "On standard output: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  cli.footer(examples);
}

// The rest of what the arguments say, or what is wrong with them.
Result<LoadSettings> read_settings(const Arguments& a, const Clock& clock) {
  LoadSettings settings;
  auto target = parse_target(a.endpoint);
  if (!target) return target.error().with_prefix("--endpoint");
  settings.target = *target;
  const bool is_grpc = settings.target.encoding == Encoding::grpc;
  if (is_grpc && (a.with_json || a.with_gzip)) {
    return Error{ErrorCode::invalid_argument, "--json and --gzip are for http endpoints"};
  }
  if (a.with_json) settings.target.encoding = Encoding::json;
  if (a.with_gzip) settings.target.compression = Compression::gzip;
  auto timeout = read_duration("--timeout", a.timeout);
  if (!timeout) return timeout.error();
  settings.target.timeout = *timeout;

  const Timestamp now = clock.now();
  settings.workload.seed = a.seed != 0 ? a.seed : static_cast<std::uint64_t>(now.unix_ns);
  settings.workload.profile = *workload::parse_profile(a.profile);
  settings.workload.spans_per_trace = a.spans_per_trace;
  settings.workload.start = now;
  if (!a.start_time.empty()) {
    auto start = read_time("--start-time", a.start_time, now);
    if (!start) return start.error();
    settings.workload.start = *start;
  }
  if (!a.spacing.empty()) {
    auto spacing = read_duration("--spacing", a.spacing);
    if (!spacing) return spacing.error();
    settings.workload.spacing = *spacing;
  } else if (a.rate > 0) {
    const double spans = a.spans_per_trace > 0 ? a.spans_per_trace : 10;
    settings.workload.spacing = Duration(static_cast<std::int64_t>(spans / a.rate * 1e9));
  }
  if (!a.duration.empty()) {
    auto duration = read_duration("--duration", a.duration);
    if (!duration) return duration.error();
    settings.duration = *duration;
  } else if (a.traces == 0) {
    settings.duration = std::chrono::seconds(10);
  }
  auto late_by = read_duration("--late-by", a.late_by);
  if (!late_by) return late_by.error();
  settings.late_by = *late_by;
  settings.mishaps = a.mishaps;
  settings.traces_max = a.traces;
  settings.batch_spans = a.batch;
  settings.connections = a.connections;
  settings.spans_per_second = a.rate;
  settings.persistence = a.with_retry ? Persistence::until_answer : Persistence::once;
  if (a.only_verify && (a.seed == 0 || a.traces == 0 || a.start_time.empty())) {
    return Error{ErrorCode::invalid_argument, "--verify-only needs --seed, --traces and --start-time"};
  }
  return settings;
}

int send_and_verify(const Arguments& a, const LoadSettings& settings, const VerifySettings& query, const Clock& clock) {
  const workload::Workload workload(settings.workload);
  LoadResult result;
  result.group_traces = workload.group_traces();
  result.traces = a.traces;
  if (!a.only_verify) result = run_load(settings, workload, clock, stop_requested);

  const bool is_text = a.report == "text";
  std::string out = is_text ? "" : "{\"load\":";
  if (!a.only_verify || !is_text) out += is_text ? render_text(result) : render_json(result, settings.workload);
  bool is_good = true;
  if (a.with_verify || a.only_verify) {
    VerifySettings verify_settings = query;
    verify_settings.traces = result.traces;
    const Verification verification = verify(verify_settings, workload, result, clock);
    out += is_text ? render_text(verification) : ",\"verification\":" + render_json(verification);
    is_good = verification.is_good();
  }
  if (!is_text) out += "}\n";
  std::fwrite(out.data(), 1, out.size(), stdout);
  return is_good ? 0 : 1;
}

int run_loadgen(int argc, char** argv) {
  CLI::App cli(description, "filo loadgen");
  Arguments arguments;
  declare(cli, arguments);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  const SystemClock clock;
  auto settings = read_settings(arguments, clock);
  if (!settings) return wrong_usage("loadgen", settings.error().message);
  auto query = net::parse_url(arguments.query);
  if (!query) return wrong_usage("loadgen", query.error().with_prefix("--query").message);
  if (query->path == "/") query->path.clear();
  const VerifySettings verify_settings{.query = *query,
                                       .connections = arguments.connections,
                                       .sample = arguments.verify_sample,
                                       .batch_spans = arguments.batch,
                                       .mishaps = arguments.mishaps};
  std::signal(SIGINT, stop_on_signal);
  std::signal(SIGTERM, stop_on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  return send_and_verify(arguments, *settings, verify_settings, clock);
}

}  // namespace

const Command loadgen_command{
    "loadgen", "send a repeatable load of spans, measure the answers, read it back and compare", run_loadgen};

}  // namespace filo::app
