#include "query_client.h"

#include <simdjson.h>

#include <charconv>

#include "model/attribute.h"

namespace filo::app {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr Duration answer_timeout = std::chrono::seconds(60);
constexpr std::string_view api = "/api/x/v1";

Error bad_answer(std::string_view what) {
  return {ErrorCode::corrupt_data, "the server's answer is not what its API promises: " + std::string(what)};
}

std::string_view text_of(element object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

// A number, or a decimal string as the API writes what may exceed 2^53.
std::int64_t integer(element value) {
  std::int64_t number = 0;
  double real = 0;
  std::string_view text;
  if (value.get(number) == simdjson::SUCCESS) return number;
  if (value.get(real) == simdjson::SUCCESS) return static_cast<std::int64_t>(real);
  if (value.get(text) == simdjson::SUCCESS) std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t integer_of(element object, const char* key) {
  element value;
  return object[key].get(value) == simdjson::SUCCESS ? integer(value) : 0;
}

bool flag_of(element object, const char* key) {
  bool value = false;
  return object[key].get(value) == simdjson::SUCCESS && value;
}

std::vector<std::string> texts_of(element object, const char* key) {
  std::vector<std::string> texts;
  array list;
  if (object[key].get(list) != simdjson::SUCCESS) return texts;
  for (const element item : list) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

// What the API calls a problem: one sentence, and where in the filter it is.
Error problem_of(int status, std::string_view body) {
  simdjson::dom::parser parser;
  element problem;
  const ErrorCode code = status == 404 ? ErrorCode::not_found : ErrorCode::unavailable;
  if (parser.parse(body.data(), body.size()).get(problem) != simdjson::SUCCESS || text_of(problem, "title").empty()) {
    return {code, "status " + std::to_string(status)};
  }
  std::string message(text_of(problem, "title"));
  element position;
  if (problem["position"].get(position) == simdjson::SUCCESS) {
    message += " (at byte " + std::to_string(integer(position)) + " of the filter)";
  }
  return {code, message};
}

SearchHit read_hit(element line) {
  SearchHit hit;
  hit.trace_id = text_of(line, "trace_id");
  hit.start = Timestamp{integer_of(line, "start_ns")};
  hit.duration = Duration(integer_of(line, "duration_ns"));
  hit.spans = static_cast<std::uint64_t>(integer_of(line, "spans"));
  hit.errors = static_cast<std::uint64_t>(integer_of(line, "errors"));
  element head;
  hit.has_root = line["root"].get(head) == simdjson::SUCCESS && head.is_object();
  if (hit.has_root || line["match"].get(head) == simdjson::SUCCESS) {
    hit.service = text_of(head, "service");
    hit.operation = text_of(head, "operation");
  }
  return hit;
}

void read_completeness(element done, Completeness& completeness) {
  element meta;
  if (done["meta"].get(meta) != simdjson::SUCCESS) return;
  completeness.complete = flag_of(meta, "complete");
  completeness.warnings = texts_of(meta, "warnings");
  completeness.scanned_spans = static_cast<std::uint64_t>(integer_of(meta, "scanned_spans"));
  if (meta["took_ms"].get(completeness.took_ms) != simdjson::SUCCESS) completeness.took_ms = 0;
}

// A number list of the columns into one field of the rows.
template <typename Set>
bool read_column(element columns, const char* key, std::vector<TraceTable::Row>& rows, Set set) {
  array list;
  if (columns[key].get(list) != simdjson::SUCCESS || list.size() != rows.size()) return false;
  std::size_t row = 0;
  for (const element value : list) set(rows[row++], integer(value));
  return true;
}

// "key = value" for each of the list's attributes; values as the API writes them.
void append_attributes(element holder, const char* key, std::string_view indent, std::vector<std::string>& lines) {
  array list;
  if (holder[key].get(list) != simdjson::SUCCESS) return;
  for (const element attribute : list) {
    element value;
    std::string_view text;
    std::string line = std::string(indent) + std::string(text_of(attribute, "key")) + " = ";
    if (attribute["value"].get(value) != simdjson::SUCCESS) continue;
    line += value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
    lines.push_back(std::move(line));
  }
}

std::vector<std::string> read_detail(element span) {
  std::vector<std::string> lines;
  const std::string_view message = text_of(span, "status_message");
  if (text_of(span, "status") == "error" || !message.empty()) {
    lines.push_back("status " + std::string(text_of(span, "status")) + (message.empty() ? "" : ": ") +
                    std::string(message));
  }
  append_attributes(span, "attributes", "", lines);
  array events;
  if (span["events"].get(events) == simdjson::SUCCESS) {
    for (const element event : events) {
      lines.push_back("event " + std::string(text_of(event, "name")));
      append_attributes(event, "attributes", "  ", lines);
    }
  }
  array links;
  if (span["links"].get(links) == simdjson::SUCCESS) {
    for (const element link : links) {
      lines.push_back("link to trace " + std::string(text_of(link, "trace_id")) + " span " +
                      std::string(text_of(link, "span_id")));
    }
  }
  return lines;
}

}  // namespace

QueryClient::QueryClient(net::Url url, const Clock& clock)
    : url_(std::move(url)), clock_(&clock), http_(net::HttpClient::create(url_.host, url_.port, clock)) {}

Result<QueryClient> QueryClient::create(std::string_view server, const Clock& clock) {
  auto url = net::parse_url(server);
  if (!url) return url.error().with_prefix("--server");
  if (url->path == "/") url->path.clear();
  return QueryClient(std::move(*url), clock);
}

Result<std::string> QueryClient::ask(std::string_view method, const std::string& path, const std::string& body) {
  net::Headers headers;
  if (!body.empty()) headers.add("content-type", "application/json");
  auto response = http_->request(method, url_.path + std::string(api) + path, headers, body,
                                 Deadline::after(*clock_, answer_timeout));
  if (!response) {
    return response.error().with_prefix("http://" + url_.host + ":" + std::to_string(url_.port));
  }
  if (response->status != 200) return problem_of(response->status, response->body);
  return std::move(response->body);
}

Result<SearchPage> QueryClient::search(const SearchQuestion& question) {
  std::string body = "{\"q\":";
  append_json_string(body, question.filter);
  body += ",\"limit\":" + std::to_string(question.limit);
  if (question.from) body += ",\"from\":\"" + std::to_string(question.from->unix_ns) + "\"";
  if (question.to) body += ",\"to\":\"" + std::to_string(question.to->unix_ns) + "\"";
  if (question.cursor) {
    body += ",\"cursor\":";
    append_json_string(body, *question.cursor);
  }
  auto answer = ask("POST", "/search", body + "}");
  if (!answer) return answer.error();

  SearchPage page;
  page.lines = std::move(*answer);
  simdjson::dom::parser parser;
  std::string_view rest = page.lines;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    element line;
    if (parser.parse(text.data(), text.size()).get(line) != simdjson::SUCCESS) return bad_answer("a line is not JSON");
    const std::string_view kind = text_of(line, "t");
    if (kind == "trace") page.hits.push_back(read_hit(line));
    if (kind == "done") {
      const std::string_view cursor = text_of(line, "cursor");
      if (!cursor.empty()) page.cursor = std::string(cursor);
      read_completeness(line, page.completeness);
      return page;
    }
    if (kind == "error") {
      element problem;
      if (line["problem"].get(problem) != simdjson::SUCCESS) return bad_answer("an error line without its problem");
      return Error{ErrorCode::unavailable, std::string(text_of(problem, "title"))};
    }
  }
  return Error{ErrorCode::unavailable, "the answer was cut off"};
}

Result<TraceTable> QueryClient::trace(std::string_view id) {
  auto answer = ask("GET", "/traces/" + std::string(id), "");
  if (!answer) return answer.error();
  simdjson::dom::parser parser;
  element columns;
  if (parser.parse(*answer).get(columns) != simdjson::SUCCESS) return bad_answer("not JSON");
  TraceTable table;
  table.trace_id = text_of(columns, "trace_id");
  table.version = text_of(columns, "version");
  table.start = Timestamp{integer_of(columns, "start_ns")};
  table.duration = Duration(integer_of(columns, "duration_ns"));
  table.services = texts_of(columns, "services");
  table.names = texts_of(columns, "names");
  table.complete = flag_of(columns, "complete");
  table.warnings = texts_of(columns, "warnings");
  array ids;
  if (columns["id"].get(ids) != simdjson::SUCCESS) return bad_answer("no ids");
  table.rows.resize(ids.size());
  using Row = TraceTable::Row;
  const auto index = [](std::int64_t v) { return static_cast<std::uint32_t>(v); };
  auto& rows = table.rows;
  const bool is_whole =
      read_column(columns, "parent", rows, [](Row& r, std::int64_t v) { r.parent = static_cast<std::int32_t>(v); }) &&
      read_column(columns, "start", rows, [](Row& r, std::int64_t v) { r.start = Duration(v); }) &&
      read_column(columns, "dur", rows, [](Row& r, std::int64_t v) { r.duration = Duration(v); }) &&
      read_column(columns, "svc", rows, [&](Row& r, std::int64_t v) { r.service = index(v); }) &&
      read_column(columns, "name", rows, [&](Row& r, std::int64_t v) { r.name = index(v); }) &&
      read_column(columns, "kind", rows, [&](Row& r, std::int64_t v) { r.kind = index(v); }) &&
      read_column(columns, "flags", rows, [&](Row& r, std::int64_t v) { r.flags = index(v); });
  if (!is_whole) return bad_answer("columns of different lengths");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_sound = rows[i].service < table.services.size() && rows[i].name < table.names.size() &&
                          rows[i].parent >= -1 && rows[i].parent < static_cast<std::int64_t>(i);
    if (!is_sound) return bad_answer("row " + std::to_string(i) + " points outside the table");
  }
  return table;
}

Result<std::vector<std::vector<std::string>>> QueryClient::details(const TraceTable& table, std::uint32_t first,
                                                                   std::uint32_t count) {
  std::string body = "{\"version\":";
  append_json_string(body, table.version);
  body += ",\"rows\":[";
  for (std::uint32_t i = 0; i < count; ++i) body += (i > 0 ? "," : "") + std::to_string(first + i);
  auto answer = ask("POST", "/traces/" + table.trace_id + "/spans", body + "]}");
  if (!answer) return answer.error();
  simdjson::dom::parser parser;
  element document;
  array spans;
  if (parser.parse(*answer).get(document) != simdjson::SUCCESS || document["spans"].get(spans) != simdjson::SUCCESS ||
      spans.size() != count) {
    return bad_answer("not the spans that were asked for");
  }
  std::vector<std::vector<std::string>> details;
  for (const element span : spans) details.push_back(read_detail(span));
  return details;
}

Result<std::string> QueryClient::export_otlp(std::string_view id) {
  return ask("GET", "/traces/" + std::string(id) + "/export?format=otlp", "");
}

}  // namespace filo::app
