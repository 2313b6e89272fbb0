#include "api/native/native_api.h"

#include <functional>
#include <memory>

#include "api/native/answers.h"
#include "net/content_encoding.h"

namespace filo::api {
namespace {

constexpr std::string_view traces_path = "/api/x/v1/traces/";

using Answer = std::function<net::Response(const ApiContext&, const Question&)>;

net::Response too_busy() { return response_of({"the server is busy; try again in a second", 503, "overloaded", {}}); }

void add(net::Routes& routes, const std::shared_ptr<const ApiContext>& context, std::string methods, std::string path,
         Answer answer) {
  routes.http(std::move(methods), std::move(path),
              [context, answer](net::Request request, std::unique_ptr<net::Responder> responder) {
                ask(*context, std::move(request), std::move(responder), too_busy(),
                    [context, answer](Question question) {
                      net::Response response = answer(*context, question);
                      respond_compressed(std::move(question), std::move(response));
                    });
              });
}

template <FacetAnswer kind>
net::Response facets(const ApiContext& context, const Question& question) {
  return facet_answer(context, kind, question);
}

}  // namespace

net::Response json_response() {
  net::Response response;
  response.headers.add("content-type", "application/json");
  response.headers.add("cache-control", "no-store");
  return response;
}

net::Response boot_answer(const ApiContext& context) {
  net::Response response = json_response();
  JsonWriter json(response.body);
  json.begin_object().key("version").text(context.boot.version);
  const auto lookback = std::chrono::duration_cast<std::chrono::seconds>(context.limits.default_lookback);
  json.key("default_lookback_s").integer(lookback.count());
  json.key("endpoints").begin_array();
  for (const auto& endpoint : context.boot.endpoints) {
    json.begin_object().key("protocol").text(endpoint.protocol).key("address").text(endpoint.address).end_object();
  }
  json.end_array();
  json.key("limits").begin_object().key("search_limit_max").count(context.limits.search_limit_max).end_object();
  json.end_object();
  return response;
}

void append_meta(JsonWriter& json, const query::ScanReport& scan, Duration took) {
  const auto took_us = std::chrono::duration_cast<std::chrono::microseconds>(took);
  json.begin_object().key("complete").boolean(scan.complete);
  json.key("took_ms").number(static_cast<double>(took_us.count()) / 1000.0);
  json.key("warnings").begin_array();
  for (const auto& warning : scan.warnings) json.text(warning);
  json.end_array().key("scanned_spans").count(scan.spans).key("scanned_bytes").count(scan.bytes).end_object();
}

std::variant<std::string, Problem> body_of(const ApiContext& context, const net::Request& request) {
  const std::size_t max = context.limits.request_bytes_max;
  auto body = net::decode_body(request.body, request.headers.find("content-encoding").value_or(""), max);
  if (!body) return problem_of(body.error().with_prefix("the body: "));
  if (body->size() > max) return Problem{"the body is over " + std::to_string(max) + " bytes", 413, "too_large", {}};
  return *std::move(body);
}

void add_native_api(net::Routes& routes, ApiContext context) {
  const auto shared = std::make_shared<const ApiContext>(std::move(context));
  routes.http("GET", "/api/x/v1/boot", [shared](const net::Request&, std::unique_ptr<net::Responder> responder) {
    responder->respond(boot_answer(*shared));
  });
  routes.http("POST", "/api/x/v1/search", [shared](net::Request request, std::unique_ptr<net::Responder> responder) {
    ask(*shared, std::move(request), std::move(responder), too_busy(),
        [shared](Question question) { answer_search(*shared, std::move(question)); });
  });
  add(routes, shared, "GET", "/api/x/v1/services", facets<FacetAnswer::services>);
  add(routes, shared, "GET", "/api/x/v1/operations", facets<FacetAnswer::operations>);
  add(routes, shared, "GET", "/api/x/v1/attributes", facets<FacetAnswer::attributes>);
  add(routes, shared, "GET", "/api/x/v1/attribute-values", facets<FacetAnswer::attribute_values>);
  const auto traces = std::make_shared<OpenTraces>(shared->engine, shared->limits.open_traces_bytes_max);
  add(routes, shared, "GET,POST", std::string(traces_path) + "*",
      [traces](const ApiContext& c, const Question& question) {
        return trace_answer(c, *traces, std::string_view(question.request.path).substr(traces_path.size()), question);
      });
  routes.http("GET,POST,PUT,DELETE", "/api/x/*",
              [](const net::Request& request, std::unique_ptr<net::Responder> responder) {
                responder->respond(response_of({"no such path in this API: " + request.path, 404, "not_found", {}}));
              });
}

}  // namespace filo::api
