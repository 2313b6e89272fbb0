#include "api/native/problem.h"

#include "net/grpc.h"

namespace filo::api {

Problem problem_of(const Error& error) {
  return {error.message, net::http_status_of(error.code), std::string(name_of(error.code)), std::nullopt};
}

Problem bad_request(std::string title) { return {std::move(title), 400, "invalid_argument", std::nullopt}; }

void append(JsonWriter& json, const Problem& problem) {
  json.begin_object().key("title").text(problem.title).key("status").integer(problem.status);
  json.key("code").text(problem.code);
  if (problem.position) json.key("position").count(*problem.position);
  json.end_object();
}

net::Response response_of(const Problem& problem) {
  net::Response response;
  response.status = problem.status;
  response.headers.add("content-type", "application/problem+json");
  response.headers.add("cache-control", "no-store");
  JsonWriter json(response.body);
  append(json, problem);
  return response;
}

}  // namespace filo::api
