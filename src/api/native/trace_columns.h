// TraceColumns: structure and timing of one trace in columns, as JSON and as TRC1 (docs/formats/trc1.md). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/trace_query.h"

namespace filo::api {

// Of the spans that are there, in their order: the same spans give the same version, others another.
std::string version_of(const Trace& trace);

struct TraceColumns {
  // `version` is version_of(trace).
  TraceColumns(const Trace& trace, const query::ScanReport& scan, std::string version);

  std::string to_json() const;
  std::string to_trc1() const;

  const Trace& trace;
  const query::ScanReport& scan;
  std::string version;
  std::vector<std::string_view> services;
  std::vector<std::string_view> names;
  std::vector<std::uint64_t> id;
  std::vector<std::int32_t> parent;
  std::vector<double> start;  // ns after the trace's start
  std::vector<double> duration;
  std::vector<std::uint32_t> service;
  std::vector<std::uint32_t> name;
  std::vector<std::uint8_t> kind;
  std::vector<std::uint8_t> flags;
};

}  // namespace filo::api
