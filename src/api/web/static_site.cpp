#include "api/web/static_site.h"

#include <algorithm>
#include <memory>

namespace filo::api::web {
namespace {

// Scripts and styles are files of ours; nothing inline but style attributes that the UI's virtual lists set.
constexpr std::string_view content_security_policy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; "
    "connect-src 'self'; frame-ancestors 'self'; base-uri 'self'";

// "gzip, br;q=0" accepts gzip and refuses br.
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view item = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    std::string_view name = item.substr(0, semicolon);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name != coding && name != "*") continue;
    const std::string_view parameters = item.substr(semicolon);
    return parameters.find("q=0") == std::string_view::npos || parameters.find("q=0.") != std::string_view::npos;
  }
  return false;
}

// A prefix that a reverse proxy announces, if it is nothing but a path; else "/".
std::string base_of(const net::Request& request) {
  const std::string_view prefix = request.headers.find("x-forwarded-prefix").value_or("");
  const bool is_path = prefix.starts_with('/') && prefix.size() < 256 &&
                       std::all_of(prefix.begin(), prefix.end(),
                                   [](char c) {
                                     return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                            (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '_' || c == '.' ||
                                            c == '~';
                                   }) &&
                       prefix.find("//") == std::string_view::npos;
  if (!is_path) return "/";
  std::string base(prefix);
  if (!base.ends_with('/')) base += '/';
  return base;
}

void add_common_headers(net::Response& response, std::string_view content_type) {
  response.headers.add("content-type", std::string(content_type));
  response.headers.add("x-content-type-options", "nosniff");
}

void respond_with(const Asset& asset, const net::Request& request, net::Responder& responder) {
  net::Response response;
  response.headers.add("cache-control", "public, max-age=31536000, immutable");
  response.headers.add("etag", std::string(asset.etag));
  if (request.headers.find("if-none-match") == asset.etag) {
    response.status = 304;
    responder.respond(std::move(response));
    return;
  }
  add_common_headers(response, asset.content_type);
  response.headers.add("vary", "accept-encoding");
  const std::string_view accepted = request.headers.find("accept-encoding").value_or("");
  response.static_body = asset.plain;
  if (!asset.brotli.empty() && accepts(accepted, "br")) {
    response.headers.add("content-encoding", "br");
    response.static_body = asset.brotli;
  } else if (!asset.gzip.empty() && accepts(accepted, "gzip")) {
    response.headers.add("content-encoding", "gzip");
    response.static_body = asset.gzip;
  }
  responder.respond(std::move(response));
}

// The page is small and differs by its base, so it is sent as it is.
void respond_with_page(const Asset& page, const net::Request& request, net::Responder& responder) {
  net::Response response;
  response.body = page.plain;
  const std::string base = base_of(request);
  constexpr std::string_view default_base = "<base href=\"/\"";
  if (const std::size_t at = response.body.find(default_base); at != std::string::npos && base != "/") {
    response.body.replace(at, default_base.size(), "<base href=\"" + base + "\"");
  }
  add_common_headers(response, "text/html; charset=utf-8");
  response.headers.add("content-security-policy", std::string(content_security_policy));
  response.headers.add("referrer-policy", "same-origin");
  response.headers.add("cache-control", "no-cache");
  responder.respond(std::move(response));
}

void respond_without_ui(net::Responder& responder) {
  net::Response response;
  add_common_headers(response, "text/plain; charset=utf-8");
  response.body =
      "Filo is running. This binary was built without the web UI (FILO_WEB=OFF); the API is under /api/x/v1.\n";
  responder.respond(std::move(response));
}

}  // namespace

void add_routes(net::Routes& routes, std::span<const Asset> assets) {
  const Asset* page = nullptr;
  for (const Asset& asset : assets) {
    if (asset.path == "/index.html") {
      page = &asset;
      continue;
    }
    routes.http("GET", std::string(asset.path),
                [&asset](net::Request request, std::unique_ptr<net::Responder> responder) {
                  respond_with(asset, request, *responder);
                });
  }
  for (const char* path : {"/", "/index.html", "/search", "/trace/*"}) {
    routes.http("GET", path, [page](net::Request request, std::unique_ptr<net::Responder> responder) {
      page != nullptr ? respond_with_page(*page, request, *responder) : respond_without_ui(*responder);
    });
  }
}

}  // namespace filo::api::web
