// The web UI's files, embedded into the binary, served with the right types, encodings and cache rules. Pages that the
// UI routes by itself (/search, /trace/…) all get index.html.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/server.h"

namespace filo::api::web {

// One file of the bundle in up to three encodings; an encoding that is not there is empty.
struct Asset {
  std::string_view path;  // "/assets/index-4f3a.js"
  std::string_view content_type;
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
  std::string_view etag;  // quoted
};

// Generated from web/dist by cmake/embed_web.cmake; empty when the binary was built without the UI.
std::span<const Asset> bundle();

// Routes for every asset and for the pages; a friendly text when there is no bundle. The pages' <base> follows what a
// reverse proxy says in X-Forwarded-Prefix. The assets outlive the routes.
void add_routes(net::Routes& routes, std::span<const Asset> assets);

}  // namespace filo::api::web
