// What real clients sent, decoded as an independent decoder read it (the sidecars' `expect`).
#include <gtest/gtest.h>
#include <simdjson.h>
#include <zlib.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "model/span.h"
#include "test/support/source_tree.h"
#include "wire/otlp/otlp.h"

namespace filo::wire::otlp {
namespace {

namespace fs = std::filesystem;
using Json = simdjson::dom::element;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 32), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out(1 << 20, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string_view text(Json object, std::string_view key) {
  std::string_view out;
  EXPECT_EQ(object[key].get(out), simdjson::SUCCESS) << key;
  return out;
}
std::string text_or_empty(Json object, std::string_view key) {
  std::string_view out;
  return object[key].get(out) == simdjson::SUCCESS ? std::string(out) : "";
}
simdjson::dom::array list(Json object, std::string_view key) {
  simdjson::dom::array out;
  EXPECT_EQ(object[key].get(out), simdjson::SUCCESS) << key;
  return out;
}
std::uint64_t number(Json object, std::string_view key) {
  std::uint64_t out = 0;
  return object[key].get(out) == simdjson::SUCCESS ? out : 0;
}
template <typename T>
T parsed(std::string_view digits) {
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  EXPECT_TRUE(error == std::errc() && end == digits.data() + digits.size()) << digits;
  return value;
}

// Sidecars write strings of more than 400 characters as «N chars, M bytes, sha256 …, starts …»; all of those are one
// short piece, repeated.
void expect_text(std::string_view expected, std::string_view actual) {
  if (!expected.starts_with("«")) {
    EXPECT_EQ(expected, actual);
    return;
  }
  const auto starts = expected.find("starts ") + 7;
  const std::string_view start = expected.substr(starts, expected.size() - starts - std::string_view("»").size());
  const auto bytes_at = expected.find("chars, ") + 7;
  const auto bytes = parsed<std::size_t>(expected.substr(bytes_at, expected.find(" bytes") - bytes_at));
  ASSERT_EQ(actual.size(), bytes);
  EXPECT_TRUE(actual.starts_with(start)) << start;
  const auto period = start.find(start.substr(0, 10), 1);
  ASSERT_NE(period, std::string_view::npos);
  EXPECT_EQ(actual.substr(period), actual.substr(0, actual.size() - period));
}

void expect_value(Json expected, const AttributeValue& actual) {
  const std::string_view type = text(expected, "type");
  if (type == "array") {
    ASSERT_EQ(actual.type(), ValueType::array);
    const auto items = list(expected, "value");
    ASSERT_EQ(items.size(), actual.items().size());
    std::size_t i = 0;
    for (const Json item : items) expect_value(item, actual.items()[i++]);
  } else if (type == "bool") {
    ASSERT_EQ(actual.type(), ValueType::boolean);
    EXPECT_EQ(expected["value"].get_bool().value(), actual.as_bool());
  } else if (type == "int" && text(expected, "value").find('e') == std::string_view::npos) {
    ASSERT_EQ(actual.type(), ValueType::int64);
    EXPECT_EQ(parsed<std::int64_t>(text(expected, "value")), actual.as_int());
  } else if (type == "double" || type == "int") {
    // A whole float beyond 64 bits was sent as intValue; it is kept as what it was.
    ASSERT_EQ(actual.type(), ValueType::float64);
    EXPECT_EQ(parsed<double>(text(expected, "value")), actual.as_double());
  } else {
    ASSERT_EQ(type, "string");
    ASSERT_EQ(actual.type(), ValueType::string);
    expect_text(text(expected, "value"), actual.text());
  }
}

void expect_attributes(simdjson::dom::array expected, std::span<const Attribute> actual) {
  ASSERT_EQ(expected.size(), actual.size());
  std::size_t i = 0;
  for (const Json attribute : expected) {
    EXPECT_EQ(text(attribute, "key"), actual[i].key);
    expect_value(attribute, actual[i++].value);
  }
}

void expect_lists(Json expected, const Span& span) {
  const auto events = list(expected, "logs");
  ASSERT_EQ(events.size(), span.events.size());
  std::size_t i = 0;
  for (const Json event : events) {
    EXPECT_EQ(parsed<std::int64_t>(text(event, "timeNs")), span.events[i].time.unix_ns);
    EXPECT_EQ(text(event, "name"), span.events[i].name);
    EXPECT_EQ(number(event, "dropped"), span.events[i].dropped_attributes);
    expect_attributes(list(event, "fields"), span.events[i++].attributes);
  }
  const auto links = list(expected, "refs");
  ASSERT_EQ(links.size(), span.links.size());
  i = 0;
  for (const Json link : links) {
    EXPECT_EQ(text(link, "traceId"), to_hex(span.links[i].trace_id));
    EXPECT_EQ(text(link, "spanId"), to_hex(span.links[i].span_id));
    expect_attributes(list(link, "attrs"), span.links[i++].attributes);
  }
}

void expect_span(Json expected, simdjson::dom::array resources, const Span& span) {
  EXPECT_EQ(text(expected, "service"), span.resource->service);
  EXPECT_EQ(text(expected, "traceId"), to_hex(span.trace_id));
  EXPECT_EQ(text(expected, "spanId"), to_hex(span.id));
  EXPECT_EQ(text_or_empty(expected, "parentSpanId"), span.parent_id.is_zero() ? "" : to_hex(span.parent_id));
  EXPECT_EQ(text(expected, "name"), span.name);
  EXPECT_EQ(text(expected, "kind"), name_of(span.kind));
  EXPECT_EQ(parsed<std::int64_t>(text(expected, "startNs")), span.start.unix_ns);
  EXPECT_EQ(parsed<std::int64_t>(text(expected, "durationNs")), span.duration().count());
  EXPECT_EQ(expected["error"].get_bool().value(), span.is_error());
  const Json status = expected["status"].value();
  EXPECT_EQ(number(status, "code"), static_cast<std::uint64_t>(span.status));
  EXPECT_EQ(text_or_empty(status, "message"), span.status_message);
  EXPECT_EQ(text_or_empty(expected, "traceState"), span.trace_state);
  EXPECT_EQ(number(expected, "flags"), span.flags);
  const Json scope = expected["scope"].value();
  EXPECT_EQ(text_or_empty(scope, "name"), span.scope->name);
  EXPECT_EQ(text_or_empty(scope, "version"), span.scope->version);
  EXPECT_EQ(text_or_empty(expected, "schemaUrl"), span.scope->schema_url);
  const Json dropped = expected["dropped"].value();
  EXPECT_EQ(number(dropped, "attributes"), span.dropped_attributes);
  EXPECT_EQ(number(dropped, "events"), span.dropped_events);
  EXPECT_EQ(number(dropped, "links"), span.dropped_links);
  expect_attributes(list(expected, "tags"), span.attributes);
  expect_attributes(resources.at(number(expected, "resource")).value(), span.resource->attributes);
  expect_lists(expected, span);
}

Result<Decoded> decode_vector(std::string body, std::string_view content_type) {
  if (body.starts_with("\x1f\x8b")) body = gunzip(body);
  return content_type == "application/json" ? decode_json(body) : decode(std::move(body));
}

TEST(OtlpVectors, DecodeAsAnIndependentDecoderReadThem) {
  const fs::path folder = test::vectors();
  if (!fs::exists(folder)) GTEST_SKIP() << "no vectors beside this source tree";
  int vectors = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".json" || name.find("-otlp-") == std::string::npos) continue;
    SCOPED_TRACE(name);
    simdjson::dom::parser parser;
    Json sidecar;
    ASSERT_EQ(parser.load(entry.path().string()).get(sidecar), simdjson::SUCCESS);
    Json expected;
    if (sidecar["expect"].get(expected) != simdjson::SUCCESS) continue;  // raw TCP bytes, for the receivers' tests
    const auto decoded =
        decode_vector(read(entry.path().parent_path() / (name + ".bin")), text(sidecar, "contentType"));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->rejected.total(), 0U);
    const auto& spans = decoded->batch.spans;
    ASSERT_EQ(spans.size(), number(expected, "spanCount"));
    std::size_t i = 0;
    for (const Json span : list(expected, "spans")) {
      if (span.is_string()) break;  // "… 509 more"
      SCOPED_TRACE(std::string(name) + " span " + std::to_string(i));
      expect_span(span, list(expected, "resources"), spans[i++]);
    }
    EXPECT_GT(i, 0U);
    // And through our own encoder again.
    const auto again = decode(encode(spans));
    ASSERT_TRUE(again);
    ASSERT_EQ(again->batch.spans.size(), spans.size());
    for (std::size_t row = 0; row < spans.size(); ++row) EXPECT_TRUE(equal(spans[row], again->batch.spans[row]));
    ++vectors;
  }
  EXPECT_GE(vectors, 28);
}

// Our own copies of a few of them, with what they say as OTLP JSON; this source tree tests itself with those.
TEST(OtlpGolden, DecodesAsWrittenDown) {
  const fs::path folder = test::source_tree() / "test/golden/otlp";
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".bin") continue;
    const std::string name = entry.path().stem().string();
    SCOPED_TRACE(name);
    const bool is_json = name.find("-http") != std::string::npos;
    const auto decoded = decode_vector(read(entry.path()), is_json ? "application/json" : "");
    ASSERT_TRUE(decoded) << decoded.error().message;
    Trace trace;
    trace.spans = decoded->batch.spans;
    std::string rendered;
    append_json(rendered, trace);
    EXPECT_EQ(rendered + "\n", read(folder / (name + ".json")));
    ++files;
  }
  EXPECT_GE(files, 8);
}

}  // namespace
}  // namespace filo::wire::otlp
