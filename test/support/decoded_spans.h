// Spans out of an OTLP request as plain text, for tests of the client library, whose own Span is another.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace filo::test {

struct DecodedSpan {
  std::string service;
  std::string trace_id;
  std::string id;
  std::string parent_id;
  std::string name;
  std::string kind;
  std::string status;
  std::string status_message;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::map<std::string, std::string> attributes;  // values as JSON
  std::uint32_t dropped_attributes = 0;
  std::vector<std::string> events;
  std::vector<std::string> links;  // span ids
};

// Fails the test when it is not OTLP.
std::vector<DecodedSpan> decode_spans(const std::string& body);

}  // namespace filo::test
