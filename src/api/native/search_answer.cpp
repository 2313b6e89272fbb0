#include <charconv>

#include "api/native/answers.h"
#include "api/native/request_body.h"

namespace filo::api {
namespace {

using query::Place;
using query::SpanHead;

// A cursor is the place of the last trace: its time, a dot, its id.
std::string cursor_of(const Place& place) {
  return std::to_string(place.newest_match.unix_ns) + "." + to_hex(place.trace_id);
}
std::optional<Place> place_of(std::string_view cursor) {
  const std::size_t dot = cursor.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::int64_t ns = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + dot, ns);
  const auto id = parse_trace_id(cursor.substr(dot + 1));
  if (error != std::errc() || end != cursor.data() + dot || !id) return std::nullopt;
  return Place{Timestamp{ns}, *id};
}

Checked<query::TraceQuery> query_of(const ApiContext& context, SearchRequest request) {
  const auto& limits = context.limits;
  if (request.limit < 1 || static_cast<std::uint64_t>(request.limit) > limits.search_limit_max) {
    return bad_request("limit: expected a number from 1 to " + std::to_string(limits.search_limit_max));
  }
  query::TraceQuery query;
  query.filter = std::move(request.filter);
  query.limit = static_cast<std::size_t>(request.limit);
  if (!request.cursor.empty()) {
    query.after = place_of(request.cursor);
    if (!query.after) return bad_request("cursor: expected the cursor of an earlier answer");
  }
  const Timestamp now = context.clock.now();
  query.range.to = request.to_ns ? Timestamp{*request.to_ns} : now + limits.clocks_ahead;
  // An end in the future does not shorten the look back.
  query.range.from =
      request.from_ns ? Timestamp{*request.from_ns} : (request.to_ns ? query.range.to : now) - limits.default_lookback;
  if (query.range.to < query.range.from) return bad_request("from: expected a time before `to`");
  return query;
}

void append(JsonWriter& json, const SpanHead& head) {
  json.begin_object().key("span_id").text(to_hex(head.id)).key("service").text(head.service);
  json.key("operation").text(head.operation).key("kind").text(name_of(head.kind));
  json.key("start_ns").decimal(head.start.unix_ns).key("duration_ns").decimal(head.duration.count());
  json.key("error").boolean(head.error).end_object();
}

std::string trace_line(const query::TraceSummary& summary) {
  std::string line;
  JsonWriter json(line);
  json.begin_object().key("t").text("trace").key("trace_id").text(to_hex(summary.id));
  if (summary.root) append(json.key("root"), *summary.root);
  json.key("start_ns").decimal(summary.start.unix_ns).key("duration_ns").decimal(summary.duration.count());
  json.key("spans").count(summary.spans).key("errors").count(summary.errors);
  json.key("services").begin_array();
  for (const auto& service : summary.services) {
    json.begin_object().key("name").text(service.name).key("spans").count(service.spans);
    json.key("errors").count(service.errors).end_object();
  }
  json.end_array();
  append(json.key("match"), summary.match);
  json.end_object();
  line.push_back('\n');
  return line;
}

// Each trace is sent when it is found; while none is found, the client hears how far we are and we hear whether it is
// still there.
class SearchStream final : public query::SearchListener {
 public:
  SearchStream(const ApiContext& context, net::ResponseStream& stream)
      : context_(context), stream_(stream), last_line_(context.clock.steady_now()) {}

  bool on_trace(const query::TraceSummary& summary, const Trace&) override { return write(trace_line(summary)); }

  bool on_progress(const query::SearchProgress& progress) override {
    if (context_.clock.steady_now() - last_line_ < context_.limits.progress_interval) return present_;
    std::string line;
    JsonWriter json(line);
    json.begin_object().key("t").text("progress").key("traces").count(progress.traces);
    json.key("scanned_spans").count(progress.scanned_spans).end_object();
    line.push_back('\n');
    return write(std::move(line));
  }

  bool write(std::string line) {
    last_line_ = context_.clock.steady_now();
    return present_ = stream_.write(std::move(line));
  }
  bool client_is_present() const { return present_; }

 private:
  const ApiContext& context_;
  net::ResponseStream& stream_;
  Duration last_line_;
  bool present_ = true;
};

}  // namespace

void answer_search(const ApiContext& context, Question question) {
  const Duration begin = context.clock.steady_now();
  const auto refuse = [&question](const Problem& problem) { question.responder->respond(response_of(problem)); };
  auto body = body_of(context, question.request);
  if (const auto* problem = std::get_if<Problem>(&body)) return refuse(*problem);
  auto request = parse_search_request(std::get<std::string>(body));
  if (const auto* problem = std::get_if<Problem>(&request)) return refuse(*problem);
  const auto query = query_of(context, std::get<SearchRequest>(std::move(request)));
  if (const auto* problem = std::get_if<Problem>(&query)) return refuse(*problem);

  net::Headers headers;
  headers.add("content-type", "application/x-ndjson");
  headers.add("cache-control", "no-store");
  const auto stream = question.responder->stream(200, std::move(headers));
  SearchStream lines(context, *stream);
  const auto end = context.engine.search(std::get<query::TraceQuery>(query), question.deadline, lines);
  if (!lines.client_is_present()) return;
  std::string line;
  JsonWriter json(line);
  json.begin_object().key("t").text("done").key("cursor");
  if (end.next) {
    json.text(cursor_of(*end.next));
  } else {
    json.null();
  }
  append_meta(json.key("meta"), end.scan, context.clock.steady_now() - begin);
  json.end_object();
  line.push_back('\n');
  if (lines.write(std::move(line))) stream->finish();
}

}  // namespace filo::api
