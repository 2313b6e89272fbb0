// QueryClient: asks a Filo server through its query API (proto/filo/query.openapi.yaml) on behalf of the command line.
// One connection, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/client.h"

namespace filo::app {

struct Completeness {
  bool complete = true;
  std::vector<std::string> warnings;
  double took_ms = 0;
  std::uint64_t scanned_spans = 0;
};

struct SearchHit {
  std::string trace_id;
  std::string service;  // of the root, or of the matching span while there is no root
  std::string operation;
  bool has_root = false;
  Timestamp start;
  Duration duration{0};
  std::uint64_t spans = 0;
  std::uint64_t errors = 0;
};

struct SearchPage {
  std::vector<SearchHit> hits;
  std::optional<std::string> cursor;  // there is more
  Completeness completeness;
  std::string lines;  // as they came
};

struct SearchQuestion {
  std::string filter;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::size_t limit = 20;
  std::optional<std::string> cursor;
};

// The structure of one trace; all lists of rows are equally long, and parents come before their children.
struct TraceTable {
  std::string trace_id;
  std::string version;
  Timestamp start;
  Duration duration{0};
  std::vector<std::string> services;
  std::vector<std::string> names;
  bool complete = true;
  std::vector<std::string> warnings;
  struct Row {
    std::int32_t parent = -1;
    std::uint32_t service = 0;
    std::uint32_t name = 0;
    std::uint32_t kind = 0;
    std::uint32_t flags = 0;
    Duration start{0};  // after the trace's
    Duration duration{0};
  };
  std::vector<Row> rows;
};
inline constexpr std::uint32_t row_has_error = 1;
inline constexpr std::uint32_t row_is_orphan = 4;

class QueryClient {
 public:
  static Result<QueryClient> create(std::string_view server, const Clock& clock);

  Result<SearchPage> search(const SearchQuestion& question);
  Result<TraceTable> trace(std::string_view id);
  // For each of the rows: "status …", "key = value" and events, a line each.
  Result<std::vector<std::vector<std::string>>> details(const TraceTable& table, std::uint32_t first,
                                                        std::uint32_t count);
  Result<std::string> export_otlp(std::string_view id);

 private:
  QueryClient(net::Url url, const Clock& clock);
  Result<std::string> ask(std::string_view method, const std::string& path, const std::string& body);

  net::Url url_;
  const Clock* clock_;
  std::unique_ptr<net::HttpClient> http_;
};

}  // namespace filo::app
