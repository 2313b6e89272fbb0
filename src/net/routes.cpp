#include "net/routes.h"

#include <algorithm>

#include "base/check.h"

namespace filo::net {
namespace {

Response plain_text(int status, std::string text) {
  Response response;
  response.status = status;
  response.headers.add("content-type", "text/plain; charset=utf-8");
  response.body = std::move(text);
  return response;
}

bool has_method(const RouteTable::Http& route, std::string_view method) {
  if (method == "HEAD") method = "GET";
  return std::find(route.methods.begin(), route.methods.end(), method) != route.methods.end();
}

// The longest match; among routes of one path the one that has the method, if any has.
RouteTable::Http* find_http(RouteTable& routes, std::string_view path, std::string_view method) {
  RouteTable::Http* best = nullptr;
  for (RouteTable::Http& route : routes.http) {
    if (route.is_prefix ? !path.starts_with(route.path) : path != route.path) continue;
    const auto rank = [&](const RouteTable::Http& r) {
      return std::make_tuple(!r.is_prefix, r.path.size(), has_method(r, method));
    };
    if (best == nullptr || rank(route) > rank(*best)) best = &route;
  }
  return best;
}

bool is_allowed_origin(const RouteTable& routes, std::string_view origin) {
  return std::any_of(routes.origins.begin(), routes.origins.end(),
                     [&](const std::string& allowed) { return allowed == "*" || allowed == origin; });
}

// The Fetch standard's CORS preflight.
bool is_preflight(const RouteTable& routes, const Request& request) {
  const auto origin = request.headers.find("origin");
  return request.method == "OPTIONS" && origin && is_allowed_origin(routes, *origin) &&
         request.headers.find("access-control-request-method");
}

Response preflight(const Request& request) {
  Response response;
  response.status = 204;
  response.headers.add("access-control-allow-methods",
                       std::string(*request.headers.find("access-control-request-method")));
  if (const auto names = request.headers.find("access-control-request-headers")) {
    response.headers.add("access-control-allow-headers", std::string(*names));
  }
  response.headers.add("access-control-max-age", "7200");
  return response;
}

}  // namespace

RouteTable& Routes::table() {
  if (!table_) table_ = std::make_shared<RouteTable>();
  return *table_;
}

Routes& Routes::http(std::string methods, std::string path, Handler handler) {
  RouteTable::Http route;
  while (!methods.empty()) {
    std::string method = methods.substr(0, methods.find(','));
    methods.erase(0, method.size() + 1);
    if (!route.allow.empty()) route.allow += ", ";
    route.allow += method;
    route.methods.push_back(std::move(method));
  }
  CHECK(!route.methods.empty() && path.starts_with('/'));
  route.is_prefix = path.ends_with('*');
  if (route.is_prefix) path.pop_back();
  route.path = std::move(path);
  route.handler = std::move(handler);
  table().http.push_back(std::move(route));
  return *this;
}

Routes& Routes::grpc(std::string path, GrpcHandler handler) {
  table().grpc.push_back(RouteTable::Grpc{std::move(path), std::move(handler), {}});
  return *this;
}

Routes& Routes::grpc_stream(std::string path, GrpcStreamHandler handler) {
  table().grpc.push_back(RouteTable::Grpc{std::move(path), {}, std::move(handler)});
  return *this;
}

Routes& Routes::allow_origins(std::vector<std::string> origins) {
  table().origins = std::move(origins);
  return *this;
}

Routes& Routes::request_bytes_max(std::size_t bytes) {
  table().request_bytes_max = bytes;
  return *this;
}

std::shared_ptr<RouteTable> take_table(Routes&& routes) {
  routes.table();
  return std::move(routes.table_);
}

RouteTable::Grpc* RouteTable::find_grpc(std::string_view path) {
  const auto found = std::find_if(grpc.begin(), grpc.end(), [&](const Grpc& route) { return route.path == path; });
  return found == grpc.end() ? nullptr : &*found;
}

bool parse_target(std::string_view untrusted, Request& request) {
  if (untrusted == "*" && request.method == "OPTIONS") {
    request.path = "*";
    return true;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!untrusted.starts_with(scheme)) continue;
    const std::size_t slash = untrusted.find_first_of("/?", scheme.size());
    untrusted = slash == std::string_view::npos ? std::string_view("/") : untrusted.substr(slash);
  }
  if (!untrusted.starts_with('/')) return false;
  const std::size_t mark = untrusted.find('?');
  request.path = percent_decode(untrusted.substr(0, mark));
  if (mark != std::string_view::npos) request.query = untrusted.substr(mark + 1);
  return request.path.find('\0') == std::string::npos;
}

Headers cors_headers(const RouteTable& routes, const Request& request) {
  Headers headers;
  if (routes.origins.empty()) return headers;
  const bool any = std::find(routes.origins.begin(), routes.origins.end(), "*") != routes.origins.end();
  if (!any) headers.add("vary", "origin");
  const auto origin = request.headers.find("origin");
  if (origin && is_allowed_origin(routes, *origin)) {
    headers.add("access-control-allow-origin", any ? "*" : std::string(*origin));
  }
  return headers;
}

void dispatch(RouteTable& routes, Request request, std::unique_ptr<Responder> responder) {
  if (is_preflight(routes, request)) return responder->respond(preflight(request));
  RouteTable::Http* route = find_http(routes, request.path, request.method);
  if (route == nullptr) return responder->respond(plain_text(404, "nothing is served at this path\n"));
  if (!has_method(*route, request.method)) {
    Response response = plain_text(405, "this path serves " + route->allow + "\n");
    response.headers.add("allow", route->allow);
    return responder->respond(std::move(response));
  }
  route->handler(std::move(request), std::move(responder));
}

}  // namespace filo::net
