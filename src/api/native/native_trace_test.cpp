// The parts of the native API that are pure: columns, TRC1, span details, request bodies.
#include <gtest/gtest.h>

#include <cstring>

#include "api/native/request_body.h"
#include "api/native/span_detail.h"
#include "api/native/trace_columns.h"
#include "test/support/golden.h"
#include "test/support/sample_trace.h"

namespace filo::api {
namespace {

Trace sample() {
  const auto batch = test::sample_trace();
  SpanSet set;
  set.owners.push_back(batch);
  set.spans = batch->spans;
  return assemble(test::sample_trace_id, std::move(set));
}

TEST(TraceColumns, AsJson) {
  const Trace trace = sample();
  const query::ScanReport scan;
  test::expect_golden("api/trace_columns.json",
                      indented(TraceColumns(trace, scan, version_of(trace)).to_json()) + "\n");
}

template <typename T>
T read(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.substr(at, sizeof(T)).data(), sizeof(T));
  return value;
}

TEST(TraceColumns, AsTrc1) {
  const Trace trace = sample();
  query::ScanReport scan;
  scan.warn("store: away");
  const TraceColumns columns(trace, scan, version_of(trace));
  const std::string file = columns.to_trc1();
  ASSERT_GT(file.size(), 12U);
  EXPECT_EQ(file.substr(0, 4), "TRC1");
  const auto header_bytes = read<std::uint32_t>(file, 4);
  const auto body_at = read<std::uint32_t>(file, 8);
  EXPECT_EQ(body_at % 8, 0U);
  EXPECT_EQ(file.size() % 8, 0U);
  ASSERT_LE(12 + header_bytes, body_at);
  for (std::size_t i = 12 + header_bytes; i < body_at; ++i) EXPECT_EQ(file[i], '\0');
  const std::string header = file.substr(12, header_bytes);
  test::expect_golden("api/trc1_header.json", indented(header) + "\n");

  // Where the header says that a column is, its bytes are.
  const auto column_at = [&](std::string_view name) {
    const std::size_t column = header.find("{\"n\":\"" + std::string(name) + "\"");
    const std::size_t offset = header.find("\"o\":", column) + 4;
    return body_at + std::stoul(header.substr(offset));
  };
  for (std::size_t row = 0; row < trace.spans.size(); ++row) {
    EXPECT_EQ(read<std::uint64_t>(file, column_at("id") + 8 * row), trace.spans[row].id.value);
    EXPECT_EQ(read<std::int32_t>(file, column_at("parent") + 4 * row), trace.parents[row]);
    EXPECT_EQ(read<double>(file, column_at("dur") + 8 * row), static_cast<double>(trace.spans[row].duration().count()));
    EXPECT_EQ(read<std::uint8_t>(file, column_at("kind") + row), static_cast<std::uint8_t>(trace.spans[row].kind));
    EXPECT_EQ(read<std::uint8_t>(file, column_at("flags") + row), columns.flags[row]);
  }
}

TEST(TraceColumns, TheVersionIsOfTheSpans) {
  const Trace trace = sample();
  Trace changed = sample();
  EXPECT_EQ(version_of(trace), version_of(changed));
  changed.spans.back().end = changed.spans.back().end + Duration(1);
  EXPECT_NE(version_of(trace), version_of(changed));
  changed.spans.pop_back();
  EXPECT_NE(version_of(trace), version_of(changed));
}

TEST(SpanDetail, AsJson) {
  const Trace trace = sample();
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (std::size_t row = 0; row < trace.spans.size(); ++row) append_span_detail(writer, row, trace.spans[row]);
  writer.end_array();
  test::expect_golden("api/span_details.json", indented(json) + "\n");
}

TEST(SpanDetail, CutsLongTextsBetweenCharacters) {
  const std::string text = std::string((64U << 10) - 1, 'a') + "\xc3\xa4" + "b";
  const Attribute attributes[] = {{"long", AttributeValue::of_string(text)}};
  const Resource resource;
  const Scope scope;
  Span span;
  span.attributes = attributes;
  span.resource = &resource;
  span.scope = &scope;
  std::string json;
  JsonWriter writer(json);
  append_span_detail(writer, 0, span);
  EXPECT_NE(json.find("aaa\",\"cut_bytes\":" + std::to_string(text.size()) + "}"), std::string::npos);
  EXPECT_EQ(json.find("\xef\xbf\xbd"), std::string::npos);
}

TEST(RequestBody, SaysWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "not valid JSON"},
      {"{\"q\":", "not valid JSON"},
      {"[]", "expected a JSON object"},
      {"{\"q\":5}", "q: expected a string"},
      {"{\"q\":\"a>b\"}", "q: expected a number"},
      {"{\"from\":5}", "from: expected unix nanoseconds"},
      {"{\"to\":\"x\"}", "to: expected unix nanoseconds"},
      {"{\"limit\":\"5\"}", "limit: expected a number"},
      {"{\"limits\":5}", "unknown member in the body: limits"},
      {"{\"cursor\":5}", "cursor: expected a string"},
  };
  for (const auto& [body, part] : cases) {
    const auto request = parse_search_request(body);
    const auto* problem = std::get_if<Problem>(&request);
    ASSERT_NE(problem, nullptr) << body;
    EXPECT_EQ(problem->status, 400);
    EXPECT_NE(problem->title.find(part), std::string::npos) << body << ": " << problem->title;
  }
  const auto bad_filter = parse_search_request("{\"q\":\"service=a b\"}");
  ASSERT_TRUE(std::holds_alternative<Problem>(bad_filter));
  EXPECT_EQ(std::get<Problem>(bad_filter).position, 11U);
  for (const std::string_view body :
       {"{}", "{\"version\":\"a\"}", "{\"rows\":[]}", "{\"version\":\"a\",\"rows\":[-1]}",
        "{\"version\":\"a\",\"rows\":5}", "{\"version\":5,\"rows\":[]}", "{\"version\":\"a\",\"rows\":[],\"x\":1}"}) {
    EXPECT_TRUE(std::holds_alternative<Problem>(parse_rows_request(body))) << body;
  }
  std::string many = "{\"version\":\"a\",\"rows\":[0";
  for (int i = 0; i < 512; ++i) many += ",0";
  EXPECT_TRUE(std::holds_alternative<Problem>(parse_rows_request(many + "]}")));
  for (const std::string_view body : {"{}", "{\"version\":\"a\"}", "{\"q\":\"\"}", "{\"version\":\"a\",\"q\":\"(\"}",
                                      "{\"version\":\"a\",\"q\":\"\",\"x\":1}"}) {
    EXPECT_TRUE(std::holds_alternative<Problem>(parse_filter_request(body))) << body;
  }
}

TEST(RequestBody, ReadsEverything) {
  const auto request =
      parse_search_request("{\"q\":\"service=a\",\"from\":\"-5\",\"to\":\"7\",\"limit\":3,\"cursor\":\"1.2\"}");
  ASSERT_TRUE(std::holds_alternative<SearchRequest>(request));
  const auto& search = std::get<SearchRequest>(request);
  EXPECT_EQ(search.filter.conditions.size(), 1U);
  EXPECT_EQ(search.from_ns, -5);
  EXPECT_EQ(search.to_ns, 7);
  EXPECT_EQ(search.limit, 3);
  EXPECT_EQ(search.cursor, "1.2");
  const auto empty = parse_search_request("{\"cursor\":null}");
  ASSERT_TRUE(std::holds_alternative<SearchRequest>(empty));
  EXPECT_EQ(std::get<SearchRequest>(empty).limit, 100);
}

}  // namespace
}  // namespace filo::api
