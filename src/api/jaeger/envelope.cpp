#include "api/jaeger/envelope.h"

#include "api/json_writer.h"

namespace filo::api {
namespace {

std::string envelope(std::string_view data, std::size_t total, const std::vector<JaegerError>& errors) {
  std::string out;
  out.reserve(data.size() + 128);
  JsonWriter json(out);
  json.begin_object().key("data").raw(data).key("total").count(total);
  json.key("limit").integer(0).key("offset").integer(0).key("errors");
  if (errors.empty()) {
    json.null();
  } else {
    json.begin_array();
    for (const auto& error : errors) {
      json.begin_object();
      if (error.code != 0) json.key("code").integer(error.code);
      json.key("msg").text(error.message);
      if (!error.trace_id.empty()) json.key("traceID").text(error.trace_id);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

net::Response plain_text(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.headers.add("content-type", "text/plain; charset=utf-8");
  response.headers.add("x-content-type-options", "nosniff");
  response.headers.add("cache-control", "no-store");
  response.body = std::move(body);
  return response;
}

}  // namespace

net::Response enveloped(std::string_view data, std::size_t total, const std::vector<JaegerError>& errors) {
  net::Response response;
  response.headers.add("content-type", "application/json");
  response.headers.add("cache-control", "no-store");
  response.body = envelope(data, total, errors);
  return response;
}

net::Response jaeger_failure(int status, std::string message) {
  return plain_text(status, envelope("null", 0, {{status, std::move(message), {}}}) + "\n");
}

net::Response page_not_found() { return plain_text(404, "404 page not found\n"); }

}  // namespace filo::api
