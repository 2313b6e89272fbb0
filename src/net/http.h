// HTTP as values: a request comes in whole, an answer goes out whole or as a stream. Handlers are plain functions; they
// know nothing of sockets, versions or threads. The same handler serves HTTP/1.1 and HTTP/2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/unique_function.h"

namespace filo::net {

// Names are lower case. Few enough that a scan beats a table.
class Headers {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  // The first value, or nothing. `name` in lower case.
  std::optional<std::string_view> find(std::string_view name) const {
    for (const auto& [key, value] : entries_) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  const std::vector<std::pair<std::string, std::string>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

struct Request {
  std::string method;  // "GET"
  std::string path;    // percent-decoded, without the query; never empty
  std::string query;   // as sent, without '?'
  Headers headers;
  std::string body;  // whole, still encoded as content-encoding says
  Deadline deadline = Deadline::never();
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // Instead of `body`: bytes that outlive the server (embedded files), sent without a copy.
  std::string_view static_body;
};

// An answer whose body is written while it is computed. Any thread, one at a time. Destroying it unfinished cuts the
// connection (HTTP/1.1) or resets the stream (HTTP/2), so that the client sees that the answer is not whole.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  // Blocks while the client reads too slowly (a bounded buffer). False when the client is gone or the server stops.
  [[nodiscard]] virtual bool write(std::string chunk) = 0;
  virtual void finish() = 0;
};

// How a handler answers: exactly once, from any thread, now or later. Dropped unanswered, the client gets a 500.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void respond(Response response) = 0;
  virtual std::unique_ptr<ResponseStream> stream(int status, Headers headers) = 0;
};

// Runs on an I/O thread and must not block; long work goes to a worker, taking the responder along.
using Handler = UniqueFunction<void(Request, std::unique_ptr<Responder>)>;

// "a=1&b=x%20y": decoded pairs in order. '+' is a space.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
// The first value of `name`, or nothing.
std::optional<std::string> query_value(const std::vector<std::pair<std::string, std::string>>& pairs,
                                       std::string_view name);
std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // all but unreserved characters (RFC 3986)

}  // namespace filo::net
