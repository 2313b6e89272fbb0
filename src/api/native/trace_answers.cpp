#include "api/jaeger_trace.h"
#include "api/native/answers.h"
#include "api/native/request_body.h"
#include "api/native/request_parameters.h"
#include "api/native/span_detail.h"
#include "api/native/trace_columns.h"
#include "wire/otlp/otlp.h"

namespace filo::api {
namespace {

using query::FoundTrace;

net::Response too_large(const ApiContext& context) {
  return response_of(
      {"the answer is over " + std::to_string(context.limits.answer_bytes_max) + " bytes", 413, "too_large", {}});
}

bool accepts_trc1(const net::Headers& headers) {
  const auto accept = headers.find("accept");
  return accept && accept->find("application/x-trc1") != std::string_view::npos;
}

net::Response columns_answer(const OpenTrace& open, const Question& question) {
  const FoundTrace& found = open.found;
  RequestParameters parameters(question.request.query);
  if (const auto problem = parameters.finish()) return response_of(*problem);
  const bool binary = accepts_trc1(question.request.headers);
  const TraceColumns columns(found.trace, found.scan, open.version);
  // What the columns say beside the spans is part of the representation, so it is part of its tag.
  const std::string tag =
      "W/\"" + columns.version + (found.scan.complete ? "" : "-incomplete") + (binary ? "-trc1\"" : "-json\"");
  net::Response response;
  response.headers.add("cache-control", "no-store");
  response.headers.add("etag", tag);
  if (question.request.headers.find("if-none-match") == std::string_view(tag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("content-type", binary ? "application/x-trc1" : "application/json");
  response.body = binary ? columns.to_trc1() : columns.to_json();
  return response;
}

std::optional<Problem> check_version(const OpenTrace& open, std::string_view version) {
  if (version == open.version) return std::nullopt;
  return Problem{"version: the trace has changed since; fetch it again", 409, "conflict", {}};
}

net::Response spans_answer(const ApiContext& context, const OpenTrace& open, std::string_view body) {
  const auto& spans = open.found.trace.spans;
  auto request = parse_rows_request(body);
  if (const auto* problem = std::get_if<Problem>(&request)) return response_of(*problem);
  const auto& [version, rows] = std::get<RowsRequest>(request);
  if (const auto problem = check_version(open, version)) return response_of(*problem);
  net::Response response = json_response();
  JsonWriter json(response.body);
  json.begin_object().key("spans").begin_array();
  for (const std::size_t row : rows) {
    if (row >= spans.size()) {
      return response_of(bad_request("rows: expected numbers below " + std::to_string(spans.size())));
    }
    append_span_detail(json, row, spans[row]);
    if (response.body.size() > context.limits.answer_bytes_max) return too_large(context);
  }
  json.end_array().end_object();
  return response;
}

net::Response filter_answer(const OpenTrace& open, std::string_view body) {
  const auto& spans = open.found.trace.spans;
  auto request = parse_filter_request(body);
  if (const auto* problem = std::get_if<Problem>(&request)) return response_of(*problem);
  const auto& [version, filter] = std::get<FilterRequest>(request);
  if (const auto problem = check_version(open, version)) return response_of(*problem);
  net::Response response = json_response();
  JsonWriter json(response.body);
  json.begin_object().key("rows").begin_array();
  for (std::size_t row = 0; row < spans.size(); ++row) {
    if (filter::matches(filter, spans[row])) json.count(row);
  }
  json.end_array().end_object();
  return response;
}

net::Response export_answer(const FoundTrace& found, const Question& question) {
  RequestParameters parameters(question.request.query);
  const std::string format = parameters.take("format");
  if (const auto problem = parameters.finish()) return response_of(*problem);
  if (!format.empty() && format != "otlp" && format != "jaeger") {
    return response_of(bad_request("format: expected otlp or jaeger"));
  }
  net::Response response = json_response();
  response.headers.add("content-disposition", "attachment; filename=\"" + to_hex(found.trace.id) + ".json\"");
  if (format == "jaeger") {
    // As a file that Jaeger's UI opens.
    response.body = "{\"data\":[";
    append_jaeger_trace(response.body, found.trace);
    response.body += "]}";
  } else {
    wire::otlp::append_json(response.body, found.trace);
  }
  return response;
}

net::Response not_found(const FoundTrace& found) {
  const std::string id = to_hex(found.trace.id);
  if (found.scan.complete) return response_of({"no spans are stored of trace " + id, 404, "not_found", {}});
  std::string title = "trace " + id + " was not found, but not everything could be read";
  for (const auto& warning : found.scan.warnings) title += "; " + warning;
  return response_of({std::move(title), 503, "unavailable", {}});
}

net::Response no_such_path(const Question& question) {
  return response_of({"no such path in this API: " + question.request.path, 404, "not_found", {}});
}

net::Response wrong_method(std::string allow) {
  net::Response response = response_of({"expected method " + allow, 405, "invalid_argument", {}});
  response.headers.add("allow", std::move(allow));
  return response;
}

}  // namespace

net::Response trace_answer(const ApiContext& context, OpenTraces& traces, std::string_view rest,
                           const Question& question) {
  const std::string_view id_text = rest.substr(0, rest.find('/'));
  const std::string_view part = rest.substr(id_text.size());
  const bool posts = part == "/spans" || part == "/filter";
  if (!posts && !part.empty() && part != "/export") return no_such_path(question);
  if (posts != (question.request.method == "POST")) return wrong_method(posts ? "POST" : "GET");
  const auto id = parse_trace_id(id_text);
  if (!id) return response_of(bad_request("trace id: expected 1 to 32 hexadecimal digits"));
  std::variant<std::string, Problem> body;
  if (posts) {
    RequestParameters parameters(question.request.query);
    if (const auto problem = parameters.finish()) return response_of(*problem);
    body = body_of(context, question.request);
    if (const auto* problem = std::get_if<Problem>(&body)) return response_of(*problem);
  }
  const auto open = traces.find(*id, question.deadline);
  if (open->found.trace.spans.empty()) return not_found(open->found);
  if (part.empty()) return columns_answer(*open, question);
  if (part == "/export") return export_answer(open->found, question);
  const std::string_view text = std::get<std::string>(body);
  return part == "/spans" ? spans_answer(context, *open, text) : filter_answer(*open, text);
}

}  // namespace filo::api
