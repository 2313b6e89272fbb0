#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "command.h"
#include "command_line.h"
#include "model/ids.h"
#include "query_client.h"
#include "trace_tree.h"

namespace filo::app {
namespace {

constexpr const char* description =
    "Prints one trace as a tree: services and operations, when each span began, how long it took, ! for errors, and a\n"
    "bar on the trace's time axis.";
constexpr const char* examples =
    "Examples:\n"
    "  filo trace 0af7651916cd43dd8448eb211c80319c\n"
    "  filo trace 0af7651916cd43dd8448eb211c80319c --attributes | less -R\n"
    "  filo trace 0af7651916cd43dd8448eb211c80319c --json > trace.json     OTLP JSON, every field";
constexpr std::uint32_t details_at_once = 512;

struct Arguments {
  std::string id;
  std::string server = "http://127.0.0.1:16686";
  std::string color = "auto";
  bool with_json = false;
  bool with_attributes = false;
};

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int print_tree(const Arguments& arguments, QueryClient& client, const TraceTable& table) {
  const Style style = wants_color(*parse_color(arguments.color)) ? Style::colored : Style::plain;
  TraceTree tree(table, terminal_width(), style);
  print(tree.head());
  std::vector<std::vector<std::string>> details;
  for (std::uint32_t row = 0; row < table.rows.size(); ++row) {
    const std::uint32_t in_chunk = row % details_at_once;
    if (arguments.with_attributes && in_chunk == 0) {
      const auto left = static_cast<std::uint32_t>(table.rows.size()) - row;
      auto asked = client.details(table, row, std::min(left, details_at_once));
      if (!asked) return failed("trace", asked.error().message);
      details = std::move(*asked);
    }
    print(arguments.with_attributes ? tree.line(row, details[in_chunk]) : tree.line(row));
  }
  print(tree.foot());
  return 0;
}

int run_trace(int argc, char** argv) {
  CLI::App cli(description, "filo trace");
  Arguments arguments;
  cli.add_option("ID", arguments.id, "1 to 32 hexadecimal digits")->required();
  cli.add_option("--server", arguments.server, "Whom to ask")->capture_default_str();
  cli.add_flag("--attributes", arguments.with_attributes, "Also attributes, events and links of each span");
  cli.add_flag("--json", arguments.with_json, "The whole trace in OTLP JSON");
  cli.add_option("--color", arguments.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  cli.footer(examples);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  if (!parse_trace_id(arguments.id)) return wrong_usage("trace", "'" + arguments.id + "' is not a trace id");
  const SystemClock clock;
  auto client = QueryClient::create(arguments.server, clock);
  if (!client) return wrong_usage("trace", client.error().message);
  if (arguments.with_json) {
    auto json = client->export_otlp(arguments.id);
    if (!json) return failed("trace", json.error().message);
    print(*json + "\n");
    return 0;
  }
  auto table = client->trace(arguments.id);
  if (!table) return failed("trace", table.error().message);
  return print_tree(arguments, *client, *table);
}

}  // namespace

const Command trace_command{"trace", "print one trace as a tree", run_trace};

}  // namespace filo::app
