#include "api/jaeger/jaeger_api.h"

#include <memory>

#include "api/answer.h"
#include "api/jaeger/envelope.h"
#include "api/jaeger/search_form.h"
#include "api/jaeger_trace.h"
#include "api/json_writer.h"

namespace filo::api {
namespace {

constexpr std::string_view services_path = "/api/services/";
constexpr std::string_view traces_path = "/api/traces/";
constexpr std::size_t names_max = 100'000;

using Answer = net::Response (*)(const ApiContext&, const Question&);

// What an answer could not be made of. An answer with data says it beside the data.
std::vector<JaegerError> errors_of(const query::ScanReport& scan) {
  std::vector<JaegerError> errors;
  for (const auto& warning : scan.warnings) errors.push_back({0, warning, {}});
  return errors;
}

net::Response answer_of(std::string_view data, std::size_t total, const query::ScanReport& scan) {
  if (!scan.complete && data == "[]") {
    return jaeger_failure(500, scan.warnings.empty() ? "the storage could not be read" : scan.warnings.front());
  }
  return enveloped(data, total, errors_of(scan));
}

net::Response services_answer(const ApiContext& context, const Question& question) {
  query::FacetQuery query;
  query.limit = names_max;
  const auto page = context.engine.facets(query, question.deadline);
  std::string data;
  JsonWriter json(data);
  json.begin_array();
  for (const auto& facet : page.facets) json.text(facet.name);
  json.end_array();
  return answer_of(data, page.facets.size(), page.scan);
}

query::FacetPage operations_of(const ApiContext& context, std::string service, Deadline deadline) {
  query::FacetQuery query;
  query.kind = query::FacetKind::operation;
  query.service = std::move(service);
  query.limit = names_max;
  return context.engine.facets(query, deadline);
}

// What Jaeger has no word for it leaves empty.
std::string_view kind_text(SpanKind kind) { return kind == SpanKind::unspecified ? "" : name_of(kind); }

net::Response operations_answer(const ApiContext& context, const Question& question) {
  const auto parameters = net::parse_query(question.request.query);
  const std::string service = net::query_value(parameters, "service").value_or("");
  if (service.empty()) return jaeger_failure(400, "parameter 'service' is required");
  const std::string kind = net::query_value(parameters, "spanKind").value_or("");
  const auto page = operations_of(context, service, question.deadline);
  std::string data;
  JsonWriter json(data);
  std::size_t total = 0;
  json.begin_array();
  for (const auto& facet : page.facets) {
    if (!kind.empty() && kind != kind_text(facet.kind)) continue;
    json.begin_object().key("name").text(facet.name).key("spanKind").text(kind_text(facet.kind)).end_object();
    ++total;
  }
  json.end_array();
  return answer_of(data, total, page.scan);
}

// /api/services/{service}/operations; the service may itself hold slashes.
net::Response service_operations_answer(const ApiContext& context, const Question& question) {
  constexpr std::string_view end = "/operations";
  std::string_view service = std::string_view(question.request.path).substr(services_path.size());
  if (service.size() <= end.size() || !service.ends_with(end)) return page_not_found();
  service.remove_suffix(end.size());
  const auto page = operations_of(context, std::string(service), question.deadline);
  std::string data;
  JsonWriter json(data);
  std::size_t total = 0;
  const std::string* last = nullptr;
  json.begin_array();
  for (const auto& facet : page.facets) {
    if (last != nullptr && *last == facet.name) continue;  // sorted: the kinds of one name are neighbours
    last = &facet.name;
    json.text(facet.name);
    ++total;
  }
  json.end_array();
  return answer_of(data, total, page.scan);
}

// The traces of an answer, as long as they fit into it.
class TraceList final : public query::SearchListener {
 public:
  explicit TraceList(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  bool on_trace(const query::TraceSummary&, const Trace& trace) override { return add(trace); }
  bool on_progress(const query::SearchProgress&) override { return true; }
  bool add(const Trace& trace) {
    if (data_.size() > 1) data_.push_back(',');
    append_jaeger_trace(data_, trace);
    is_full_ = data_.size() >= bytes_max_;
    return !is_full_;
  }
  bool is_full() const { return is_full_; }
  std::string data() const { return data_ + "]"; }

 private:
  const std::size_t bytes_max_;
  std::string data_ = "[";
  bool is_full_ = false;
};

void warn_if_full(const TraceList& list, query::ScanReport& scan) {
  if (list.is_full()) scan.warn("the answer grew too large; not all traces are in it");
}

net::Response traces_by_id(const ApiContext& context, const std::vector<TraceId>& ids, Deadline deadline) {
  TraceList list(context.limits.answer_bytes_max);
  query::ScanReport scan;
  std::vector<JaegerError> missing;
  for (const TraceId id : ids) {
    const auto found = context.engine.find(id, deadline);
    scan.add(found.scan);
    if (found.trace.spans.empty()) {
      missing.push_back({0, "trace not found", jaeger_trace_id(id)});
    } else if (!list.add(found.trace)) {
      break;
    }
  }
  warn_if_full(list, scan);
  auto errors = errors_of(scan);
  errors.insert(errors.end(), missing.begin(), missing.end());
  return enveloped(list.data(), 0, errors);
}

net::Response search_answer(const ApiContext& context, const Question& question) {
  const auto parsed = parse_search_form(net::parse_query(question.request.query), context.clock.now());
  if (const auto* error = std::get_if<std::string>(&parsed)) return jaeger_failure(400, *error);
  const auto& search = std::get<JaegerSearch>(parsed);
  if (!search.trace_ids.empty()) return traces_by_id(context, search.trace_ids, question.deadline);
  TraceList list(context.limits.answer_bytes_max);
  auto end = context.engine.search(search.query, question.deadline, list);
  warn_if_full(list, end.scan);
  return answer_of(list.data(), 0, end.scan);
}

net::Response trace_answer(const ApiContext& context, const Question& question) {
  const std::string_view text = std::string_view(question.request.path).substr(traces_path.size());
  const auto parameters = net::parse_query(question.request.query);
  const auto id = parse_jaeger_trace_id(text);
  if (!id) {
    return jaeger_failure(400, "cannot parse traceID param: \"" + std::string(text) + "\" is not a trace ID");
  }
  if (auto error = check_time_hints(parameters); !error.empty()) return jaeger_failure(400, std::move(error));
  const auto found = context.engine.find(*id, question.deadline);
  if (found.trace.spans.empty()) {
    if (found.scan.complete) return jaeger_failure(404, "trace not found");
    return answer_of("[]", 0, found.scan);
  }
  std::string data = "[";
  append_jaeger_trace(data, found.trace);
  data.push_back(']');
  return enveloped(data, 0, errors_of(found.scan));
}

void indent_if_asked(const Question& question, net::Response& response) {
  const auto pretty = net::query_value(net::parse_query(question.request.query), "prettyPrint");
  if (response.status == 200 && pretty && !pretty->empty() && *pretty != "false") {
    response.body = indented(response.body);
  }
}

void add(net::Routes& routes, const std::shared_ptr<const ApiContext>& context, std::string path, Answer answer) {
  routes.http("GET", std::move(path),
              [context, answer](net::Request request, std::unique_ptr<net::Responder> responder) {
                ask(*context, std::move(request), std::move(responder), jaeger_failure(503, "the server is busy"),
                    [context, answer](Question question) {
                      net::Response response = answer(*context, question);
                      indent_if_asked(question, response);
                      respond_compressed(std::move(question), std::move(response));
                    });
              });
}

}  // namespace

void add_jaeger_api(net::Routes& routes, ApiContext context) {
  const auto shared = std::make_shared<const ApiContext>(std::move(context));
  add(routes, shared, "/api/services", services_answer);
  add(routes, shared, std::string(services_path) + "*", service_operations_answer);
  add(routes, shared, "/api/operations", operations_answer);
  add(routes, shared, "/api/traces", search_answer);
  add(routes, shared, std::string(traces_path) + "*", trace_answer);
  routes.http("GET,POST,PUT,DELETE", "/api/*", [](const net::Request&, std::unique_ptr<net::Responder> responder) {
    responder->respond(page_not_found());
  });
}

}  // namespace filo::api
