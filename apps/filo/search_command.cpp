#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "command.h"
#include "command_line.h"
#include "query_client.h"
#include "terminal_text.h"

namespace filo::app {
namespace {

constexpr const char* description =
    "Finds traces with a span that meets the filter, newest first. A filter is conditions joined by spaces, all of "
    "which\n"
    "one span must meet: key op value, with = != > >= < <= =~ !~, or has(key). Keys: service, operation, kind, "
    "status,\n"
    "duration, scope.name, event, or any attribute.";
constexpr const char* examples =
    "Examples:\n"
    "  filo search 'service=cart status=error duration>200ms'\n"
    "  filo search 'http.route=\"/orders/{id}\" http.response.status_code>=500' --from 3h\n"
    "  filo search 'service=支付网关 has(exception.type)' --from 2026-11-22T10:00:00+08:00 --limit 100\n"
    "  filo search 'operation=~\"GET /cart.*\"' --json | jq -r 'select(.t==\"trace\").trace_id'";
constexpr std::size_t page_max = 1500;

struct Arguments {
  std::string filter;
  std::string from;
  std::string to;
  std::string server = "http://127.0.0.1:16686";
  std::string color = "auto";
  std::size_t limit = 20;
  bool with_json = false;
};

constexpr std::size_t start_width = 23;
constexpr std::size_t duration_width = 8;
constexpr std::size_t number_width = 7;
constexpr std::size_t id_width = 32;
constexpr std::size_t gaps = 10;

std::size_t root_width() {
  const std::size_t others = start_width + duration_width + 2 * number_width + id_width + gaps;
  return std::max<std::size_t>(24, terminal_width() > others ? terminal_width() - others : 0);
}

void append_head(std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}  {}  {}  {}  {}  {}\n", fit_left("START (UTC)", start_width),
                 fit_right("DURATION", duration_width), fit_right("SPANS", number_width),
                 fit_right("ERRORS", number_width), fit_left("ROOT", root_width()), "TRACE");
}

void append_hit(std::string& out, const SearchHit& hit, bool is_colored) {
  const std::string root = (hit.has_root ? "" : "(no root yet) ") + hit.service + "  " + hit.operation;
  std::string errors = fit_right(hit.errors > 0 ? std::to_string(hit.errors) : "", number_width);
  if (is_colored && hit.errors > 0) errors = "\033[31m" + errors + "\033[0m";
  fmt::format_to(std::back_inserter(out), "{}  {}  {}  {}  {}  {}\n", render_time(hit.start),
                 fit_right(render_duration(hit.duration), duration_width),
                 fit_right(std::to_string(hit.spans), number_width), errors, fit_left(root, root_width()),
                 printable(hit.trace_id));
}

void append_foot(std::string& out, std::size_t traces, const SearchPage& last) {
  const Completeness& c = last.completeness;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{} traces{}, {} spans looked at in {:.0f} ms", traces,
                 last.cursor ? " (there are more: --limit)" : "", c.scanned_spans, c.took_ms);
  out += c.complete ? ".\n" : ". NOT COMPLETE:\n";
  for (const auto& warning : c.warnings) fmt::format_to(to, "  {}\n", printable(warning));
}

int search(const Arguments& arguments, SearchQuestion question, QueryClient client) {
  const bool is_colored = wants_color(*parse_color(arguments.color));
  std::size_t left = arguments.limit;
  std::size_t traces = 0;
  SearchPage last;
  do {
    question.limit = std::min(left, page_max);
    auto page = client.search(question);
    if (!page) return failed("search", page.error().message);
    std::string out;
    if (arguments.with_json) {
      out = page->lines;
    } else {
      if (traces == 0 && !page->hits.empty()) append_head(out);
      for (const auto& hit : page->hits) append_hit(out, hit, is_colored);
    }
    std::fwrite(out.data(), 1, out.size(), stdout);
    traces += page->hits.size();
    left -= std::min(left, page->hits.size());
    question.cursor = page->cursor;
    last = std::move(*page);
  } while (left > 0 && last.cursor && !last.hits.empty());
  if (!arguments.with_json) {
    std::string out;
    append_foot(out, traces, last);
    std::fwrite(out.data(), 1, out.size(), stdout);
  }
  return 0;
}

int run_search(int argc, char** argv) {
  CLI::App cli(description, "filo search");
  Arguments arguments;
  cli.add_option("filter", arguments.filter, "Which spans; every span when absent");
  cli.add_option("--from", arguments.from, "Oldest start: 1h (ago), RFC 3339 or unix ns; the server's lookback");
  cli.add_option("--to", arguments.to, "Newest start, likewise; now");
  cli.add_option("--limit", arguments.limit, "At most so many traces")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  cli.add_option("--server", arguments.server, "Whom to ask")->capture_default_str();
  cli.add_flag("--json", arguments.with_json, "The API's lines as they come (NDJSON)");
  cli.add_option("--color", arguments.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  cli.footer(examples);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  const SystemClock clock;
  SearchQuestion question;
  question.filter = arguments.filter;
  for (auto& [option, text, field] :
       {std::tuple{"--from", &arguments.from, &question.from}, std::tuple{"--to", &arguments.to, &question.to}}) {
    if (text->empty()) continue;
    auto time = read_time(option, *text, clock.now());
    if (!time) return wrong_usage("search", time.error().message);
    *field = *time;
  }
  auto client = QueryClient::create(arguments.server, clock);
  if (!client) return wrong_usage("search", client.error().message);
  return search(arguments, std::move(question), std::move(*client));
}

}  // namespace

const Command search_command{"search", "find traces by what their spans say", run_search};

}  // namespace filo::app
