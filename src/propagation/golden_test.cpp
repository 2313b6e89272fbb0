// What real clients write is read, and written again as they write it; what they understand is understood alike. The
// vectors beside the tree say more of the same; the copies here are enough for one of each kind.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>

#include "propagation/propagator.h"
#include "test/support/headers.h"
#include "test/support/source_tree.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;
using Json = simdjson::dom::element;

const Format& format_named(std::string_view name) {
  const Format* format = find_built_in_format(name);
  EXPECT_NE(format, nullptr) << name;
  return *format;
}

std::string padded(std::string digits, std::size_t size) {
  return digits.size() < size ? std::string(size - digits.size(), '0') + digits : digits;
}

// The same header with ids in full length and ':' bare: clients differ there, and Filo writes one of the ways.
std::string canonical(const std::string& name, std::string value) {
  if (name == "x-b3-traceid") return padded(value, value.size() <= 16 ? 16 : 32);
  if (name == "x-b3-spanid" || name == "x-b3-parentspanid") return padded(value, 16);
  if (name != "uber-trace-id") return value;
  for (auto at = value.find("%3A"); at != std::string::npos; at = value.find("%3A")) value.replace(at, 3, ":");
  std::string_view rest = value;
  const std::string trace(take_until(rest, ':'));
  const std::string span(take_until(rest, ':'));
  const std::string parent(take_until(rest, ':'));
  return canonical("x-b3-traceid", trace) + ":" + padded(span, 16) + ":" +
         (parent == "0" ? parent : padded(parent, 16)) + ":" + std::string(1, rest.back());
}

Headers::Pairs canonical(const Headers& headers) {
  Headers::Pairs pairs = headers.sorted();
  std::erase(pairs, std::pair<std::string, std::string>("x-b3-flags", "0"));
  for (auto& [name, value] : pairs) value = canonical(name, value);
  return pairs;
}

void expect_round_trip(const Format& format, const Headers& headers) {
  const auto found = read(format, headers);
  EXPECT_TRUE(found.taken()) << format.name();
  EXPECT_TRUE(found->has_ids());
  EXPECT_EQ(canonical(write(format, found.context)), canonical(headers)) << format.name();
}

TEST(Golden, OwnCopiesGoRound) {
  expect_round_trip(format_named("w3c"), {{{"traceparent", "00-f30600cf0074755441cf5298d26c9951-89c8d1de5fc73511-01"},
                                           {"baggage", "session=abc-123,user=%E6%9D%8E%E9%9B%B7;prop=1"}}});
  expect_round_trip(format_named("b3"), {{{"b3", "24c6b8200752ce25-6a5bd128c29fd6f0-1"}}});
  expect_round_trip(format_named("b3multi"), {{{"X-B3-TraceId", "4f9288f648b42c723bdb2e5c8f39963f"},
                                               {"X-B3-SpanId", "a09f334d14dccedb"},
                                               {"X-B3-ParentSpanId", "1018681ee966e9ec"},
                                               {"X-B3-Flags", "0"},
                                               {"X-B3-Sampled", "1"}}});
  expect_round_trip(format_named("jaeger"),
                    {{{"uber-trace-id", "f19a67736e4e776c43193c931ccac07d:9aa7f628add162b:43193c931ccac07d:1"},
                      {"uberctx-session-id", "abc-123"},
                      {"uberctx-用户", "%E6%9D%8E%E9%9B%B7"}}});
  expect_round_trip(
      format_named("jaeger-text-map"),
      {{{"uber-trace-id", "7e64faf457e4e8fa:5ceb3edf0e47f949:7e64faf457e4e8fa:1"}, {"uberctx-user", "李雷"}}});
  expect_round_trip(format_named("jaeger"),
                    {{{"uber-trace-id", "7e64faf457e4e8fa%3A5ceb3edf0e47f949%3A7e64faf457e4e8fa%3A1"}}});
  expect_round_trip(format_named("skywalking"),
                    {{{"sw8",
                       "1-ZTY3ZWExOTJlOTg4NGNjMWJhZmFiMjM5ZWEwYjhkMjk=-ZjE5YTY3NzM2ZTRlNDc2Y2IwZjUxNDZiZWNmODM4MDY=-2-"
                       "c3ctZnJvbnRlbmQ=-ZmUtMQ==-L2NoYXJnZQ==-cGF5bWVudC5sb2NhbDo5MDkw"}}});
}

// Which format writes what the vectors keep under a key.
const Format* format_of(std::string_view key, const Headers& headers) {
  if (key == "w3c" || key == "traceparent") return &format_named("w3c");
  if (key == "httpHeaders" || key == "rack" || key == "jaeger") return &format_named("jaeger");
  if (key == "textMap") return &format_named("jaeger-text-map");
  if (key.starts_with("b3")) return &format_named(headers["b3"] == "(none)" ? "b3multi" : "b3");
  return nullptr;
}

Headers headers_of(Json object) {
  Headers headers;
  for (const auto& [name, value] : simdjson::dom::object(object)) {
    if (value.is_array()) {
      for (const Json one : simdjson::dom::array(value)) headers.set(name, std::string_view(one));
    } else {
      headers.set(name, std::string_view(value));
    }
  }
  return headers;
}

class Vectors : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = test::vectors() / "propagation.json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no vectors beside the tree";
    ASSERT_EQ(parser_.load(path.string()).get(root_), simdjson::SUCCESS);
  }

  simdjson::dom::parser parser_;
  Json root_;
};

TEST_F(Vectors, WhatClientsProduceGoesRound) {
  std::size_t count = 0;
  for (const auto& [client, cases] : simdjson::dom::object(root_["produced"])) {
    for (const Json one : simdjson::dom::array(cases)) {
      for (const auto& [key, value] : simdjson::dom::object(one)) {
        SCOPED_TRACE(std::string(client) + " " + std::string(key));
        Headers headers;
        const Format* format = nullptr;
        if (key == "sw8") {
          headers.set(key, std::string_view(value));
          format = &format_named("skywalking");
        } else if (value.is_object()) {
          headers = headers_of(value);
          format = format_of(key, headers);
          // Jaeger's own B3 brings its own baggage.
          auto pairs = headers.pairs();
          if (key == "b3") std::erase_if(pairs, [](const auto& pair) { return pair.first.starts_with("uberctx-"); });
          headers = Headers(pairs);
        } else {
          continue;
        }
        ASSERT_NE(format, nullptr);
        expect_round_trip(*format, headers);
        ++count;
      }
    }
  }
  EXPECT_GT(count, 50U);
}

TEST_F(Vectors, WhatClientsExtractIsExtracted) {
  for (const Json one : simdjson::dom::array(root_["extracted"])) {
    SCOPED_TRACE(simdjson::minify(one));
    const auto found = read(format_named(std::string_view(one["format"])), headers_of(one["headers"]));
    const Json otel = one["otelJs"];
    // A client that hands out zeros has no context either.
    const bool there = otel.is_object() && std::string_view(otel["spanId"]) != "0000000000000000";
    ASSERT_EQ(found.taken() && found->has_ids(), there);
    if (there) {
      EXPECT_EQ(to_hex(found->trace_id), std::string_view(otel["traceId"]));
      EXPECT_EQ(to_hex(found->span_id), std::string_view(otel["spanId"]));
      const int flags = (found->recorded() ? 1 : 0) | (found->random_trace_id ? 2 : 0);
      EXPECT_EQ(flags, std::int64_t(otel["traceFlags"]));
      std::string_view tracestate;
      if (otel["traceState"].get(tracestate) != simdjson::SUCCESS) tracestate = "";
      EXPECT_EQ(found->tracestate, tracestate);
    }
    Json jaeger;
    if (one["jaegerClient"].get(jaeger) != simdjson::SUCCESS) continue;
    EXPECT_EQ(found->has_ids(), bool(jaeger["valid"]));
    EXPECT_EQ(found->debug_id, jaeger["debugId"].is_string() ? std::string_view(jaeger["debugId"]) : "");
    std::size_t items = 0;
    for (const auto& [key, value] : simdjson::dom::object(jaeger["baggage"])) {
      EXPECT_EQ(found.baggage(key), std::string_view(value));
      ++items;
    }
    EXPECT_EQ(found.context.baggage.size(), items);
    if (bool(jaeger["valid"])) {
      EXPECT_EQ(found->decision == Decision::debug, (std::int64_t(jaeger["flags"]) & 2) != 0);
    }
  }
}

}  // namespace
}  // namespace filo::propagation
