#include "propagation/propagator.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr const char* traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Propagator propagator_of(std::initializer_list<std::string_view> names) {
  Propagator propagator;
  for (const auto name : names) {
    EXPECT_TRUE(propagator.add_extract(*find_built_in_format(name)));
    EXPECT_TRUE(propagator.add_inject(*find_built_in_format(name)));
  }
  return propagator;
}

TEST(Propagator, TakesTheFirstValidIdentity) {
  const Headers headers{{{"uber-trace-id", "1:2:0:1"}, {"b3", "rubbish"}, {"traceparent", traceparent}}};
  EXPECT_EQ(read(propagator_of({"w3c", "jaeger"}), headers)->span_id, SpanId{0x00f067aa0ba902b7});
  EXPECT_EQ(read(propagator_of({"jaeger", "w3c"}), headers)->span_id, SpanId{2});
  EXPECT_EQ(read(propagator_of({"b3", "jaeger", "w3c"}), headers)->span_id, SpanId{2});
  EXPECT_EQ(read(propagator_of({"b3", "skywalking"}), headers).result, Extraction::malformed);
  EXPECT_EQ(read(propagator_of({"skywalking"}), headers).result, Extraction::absent);
  EXPECT_EQ(read(propagator_of({}), headers).result, Extraction::absent);
}

TEST(Propagator, PrefersIdsToADecisionAlone) {
  const Headers both{{{"b3", "0"}, {"jaeger-debug-id", "x"}, {"traceparent", traceparent}}};
  EXPECT_TRUE(read(propagator_of({"b3", "jaeger", "w3c"}), both)->has_ids());
  EXPECT_EQ(read(propagator_of({"b3", "jaeger", "w3c"}), both)->debug_id, "");
  const Headers decisions{{{"b3", "0"}, {"jaeger-debug-id", "x"}}};
  const auto first = read(propagator_of({"b3", "jaeger"}), decisions);
  EXPECT_TRUE(first.taken());
  EXPECT_EQ(first->decision, Decision::drop);
}

TEST(Propagator, UnitesBaggageAndLetsTheEarlierFormatWin) {
  const Headers headers{{{"uberctx-a", "jaeger"}, {"uberctx-b", "jaeger"}, {"baggage", "a=w3c,c=1,c=2"}}};
  const auto found = read(propagator_of({"w3c", "jaeger"}), headers);
  EXPECT_EQ(found.result, Extraction::absent);
  EXPECT_EQ(found.baggage("a"), "w3c");
  EXPECT_EQ(found.baggage("b"), "jaeger");
  EXPECT_EQ(found.context.baggage.size(), 4U) << "a key that stands twice in one header stays so";
  EXPECT_EQ(read(propagator_of({"jaeger", "w3c"}), headers).baggage("a"), "jaeger");
}

TEST(Propagator, WritesSeveralAndReadsEachBack) {
  auto found = read(propagator_of({"w3c"}), {{{"traceparent", traceparent}, {"baggage", "k=v"}}});
  found.context.service = found.context.instance = found.context.endpoint = found.context.address = "s";
  const auto all = {"w3c", "b3", "b3multi", "jaeger", "skywalking", "eagleeye", "sofatracer-head", "sofatracer-triple"};
  Propagator propagator;
  for (const char* name : all) ASSERT_TRUE(propagator.add_inject(*find_built_in_format(name)));
  const Headers headers = write(propagator, found.context);
  for (const char* name : all) {
    const auto again = read(*find_built_in_format(name), headers);
    ASSERT_TRUE(again.taken()) << name;
    EXPECT_EQ(again->trace_id, found->trace_id) << name;
    EXPECT_EQ(again->span_id, found->span_id) << name;
    EXPECT_TRUE(again->recorded()) << name;
    EXPECT_EQ(again.baggage("k"), std::string_view(name).starts_with("b3") ? "(none)" : "v") << name;
  }
}

TEST(Propagator, ForgetsWhatTheContextHeldBefore) {
  const Propagator propagator = propagator_of({"w3c"});
  auto found = read(propagator, {{{"traceparent", traceparent}, {"tracestate", "a=1"}, {"baggage", "k=v,bad"}}});
  EXPECT_EQ(propagator.extract(Headers(), found.scratch, found.context), Extraction::absent);
  EXPECT_FALSE(found->has_ids());
  EXPECT_EQ(found->tracestate, "");
  EXPECT_EQ(found.context.baggage.size() + found.context.baggage.refused(), 0U);
}

TEST(Propagator, HoldsABoundedNumberOfFormats) {
  Propagator propagator;
  for (std::size_t i = 0; i < Propagator::formats_max; ++i) {
    EXPECT_TRUE(propagator.add_extract(*find_built_in_format("w3c")));
  }
  EXPECT_FALSE(propagator.add_extract(*find_built_in_format("w3c")));
}

// A house's own header: X-Request: <span id>/<trace id>.
class HouseFormat final : public Format {
 public:
  std::string_view name() const override { return "house"; }
  std::span<const std::string_view> header_names() const override {
    static constexpr std::string_view names[] = {"X-Request"};
    return names;
  }
  Extraction extract(const HeaderReader& headers, Scratch&, Context& context) const override {
    std::string_view text = headers.find("x-request");
    if (text.data() == nullptr) return Extraction::absent;
    Identity read;
    if (!parse_hex(take_until(text, '/'), HexCase::any, read.span_id)) return Extraction::malformed;
    if (!parse_hex(text, HexCase::any, read.trace_id) || !read.has_ids()) return Extraction::malformed;
    static_cast<Identity&>(context) = read;
    return Extraction::taken;
  }
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override {
    ScratchText out(scratch);
    out.add_hex(context.span_id.value).add('/').add_hex(context.trace_id.low);
    if (out.ok()) headers.set("X-Request", out.view());
    return out.ok();
  }
};

TEST(Propagator, TakesFormatsFromElsewhere) {
  const HouseFormat house;
  Propagator propagator;
  ASSERT_TRUE(propagator.add_extract(house));
  ASSERT_TRUE(propagator.add_extract(*find_built_in_format("w3c")));
  ASSERT_TRUE(propagator.add_inject(house));
  const auto found = read(propagator, {{{"X-REQUEST", "2/1"}, {"traceparent", traceparent}}});
  EXPECT_EQ(found->span_id, SpanId{2});
  EXPECT_EQ(write(propagator, found.context).pairs(),
            (Headers::Pairs{{"X-Request", "0000000000000002/0000000000000001"}}));
  EXPECT_EQ(read(propagator, {{{"X-Request", "x"}, {"traceparent", traceparent}}})->span_id,
            SpanId{0x00f067aa0ba902b7});
}

TEST(BuiltInFormats, HaveNamesOfTheirOwn) {
  for (const Format* format : built_in_formats()) {
    EXPECT_EQ(find_built_in_format(format->name()), format);
    EXPECT_FALSE(format->header_names().empty());
  }
  EXPECT_EQ(find_built_in_format("nonsense"), nullptr);
}

TEST(BuiltInFormats, WriteOnlyTheHeadersTheyName) {
  auto found =
      read(propagator_of({"w3c"}), {{{"traceparent", traceparent}, {"tracestate", "a=1"}, {"baggage", "k=v"}}});
  Context& context = found.context;
  context.service = context.instance = context.endpoint = context.address = "s";
  context.parent_id.value = 7;
  context.sent_ms = 1;
  context.baggage.add({.key = "system", .value = "1", .owner = BaggageOwner::system});
  for (const Format* format : built_in_formats()) {
    for (const Decision decision : {Decision::sample, Decision::debug, Decision::drop}) {
      context.decision = decision;
      const Headers written = write(*format, context);
      for (const auto& [name, value] : written.pairs()) {
        bool named = false;
        for (const auto known : format->header_names()) {
          named |= known.ends_with('-') ? starts_with_name(name, known) : name == known;
        }
        EXPECT_TRUE(named) << format->name() << " " << name;
      }
    }
  }
}

// Good headers with bytes changed, lost, doubled and moved: nothing but a result, and what is taken can be written.
TEST(BuiltInFormats, SurviveWhateverComes) {
  const Headers::Pairs good = {
      {"traceparent", traceparent},
      {"tracestate", "a=1,b=2"},
      {"baggage", "k=%E6%9D%8E;p=1,k2=v"},
      {"b3", "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-0000000000000001"},
      {"x-b3-traceid", "4bf92f3577b34da6a3ce929d0e0e4736"},
      {"x-b3-spanid", "0.1"},
      {"x-b3-sampled", "true"},
      {"uber-trace-id", "4bf92f3577b34da6a3ce929d0e0e4736%3A00f067aa0ba902b7:0:1"},
      {"uberctx-a", "%E6"},
      {"sw8", "1-YS5i-Yy5k-2-c3ctZnJvbnRlbmQ=-ZmUtMQ==-L2NoYXJnZQ==-cGF5bWVudC5sb2NhbDo5MDkw"},
      {"sw8-x", "1-5"},
      {"sw8-correlation", "azE=:djE=,azE=:djE="},
      {"eagleeye-traceid", "0a67793015313127251908120e23db"},
      {"eagleeye-rpcid", "0.1.2"},
      {"eagleeye-userdata", "a=b&c=d"},
      {"sftc_head", "tcid=0ad1348f1403169275002100356696&spid=0.1&pspid=0&sample=true&_sys_a=b&c=%25&"},
      {"sofatraceid", "0ad1348f1403169275002100356696"},
      {"sofapenattrs", "a=b&c=%3D&"},
  };
  Random random(20240607);
  for (int round = 0; round < 4000; ++round) {
    Headers::Pairs pairs = good;
    for (auto& [name, value] : pairs) {
      for (auto changes = random.below(3); changes > 0; --changes) {
        const std::size_t at = random.below(value.size() + 1);
        const std::size_t size = random.below(8);
        switch (random.below(4)) {
          case 0:
            value.insert(at, 1, static_cast<char>(random.next()));
            break;
          case 1:
            value.erase(at, size);
            break;
          case 2:
            value += value.substr(at, size);
            break;
          default:
            value.insert(at, value.substr(random.below(at + 1), size));
        }
      }
    }
    for (const Format* format : built_in_formats()) {
      const auto found = read(*format, Headers(pairs));
      EXPECT_TRUE(found.taken() || !found->has_ids());
      char memory[256];
      Scratch little(std::span<char>(memory, random.below(sizeof(memory))));
      Headers written;
      format->inject(found.context, little, written);
      for (const auto& [name, value] : written.pairs()) {
        EXPECT_TRUE(is_safe_name(name) && is_safe_value(value)) << format->name();
      }
    }
  }
}

}  // namespace
}  // namespace filo::propagation
