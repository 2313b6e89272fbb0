#include "propagation/sofatracer.h"

#include <gtest/gtest.h>

#include "propagation/foreign_id.h"
#include "test/support/headers.h"

namespace filo::propagation {
namespace {

using test::Headers;
using test::read;
using test::write;

constexpr SofaHttpFormat http(Carrier::http);
constexpr SofaHttpFormat text_map(Carrier::text_map);
constexpr SofaContextFormat head("head", "sftc_head", Carrier::text_map);
constexpr SofaContextFormat http_head("head", "sftc_head", Carrier::http);
constexpr SofaKeysFormat bolt("bolt", sofa_bolt_keys);
constexpr SofaKeysFormat triple("triple", sofa_triple_keys);
const std::string trace = "0ad1348f1403169275002100356696";
constexpr TraceId trace_id{0x0ad1348f140316, 0x9275002100356696};

TEST(SofaHttp, ReadsAndWritesBack) {
  const Headers::Pairs headers = {{"X-B3-TraceId", trace},   {"X-B3-SpanId", "0.1.2"}, {"X-B3-ParentSpanId", "0.1"},
                                  {"X-B3-Sampled", "false"}, {"baggage-mark", "T"},    {"baggage-sys-zone", "a%20b"}};
  const auto found = read(http, Headers(headers));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_text, trace);
  EXPECT_EQ(found->trace_id, trace_id);
  EXPECT_EQ(found->rpc_id, "0.1.2");
  EXPECT_EQ(found->span_id, span_id_of_rpc_id("0.1.2"));
  EXPECT_EQ(found->parent_id, span_id_of_rpc_id("0.1"));
  EXPECT_EQ(found->decision, Decision::drop);
  EXPECT_EQ(found.baggage("mark"), "T");
  EXPECT_EQ(found.context.baggage.find("zone")->owner, BaggageOwner::system);
  EXPECT_EQ(found.baggage("zone"), "a b");
  EXPECT_EQ(write(http, found.context).pairs(), headers);
}

TEST(SofaHttp, TakesWhatIsMissingAsARootThatIsSampled) {
  const auto found = read(http, {{{"x-b3-traceid", trace + "T"}}});
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->rpc_id, "0");
  EXPECT_EQ(found->trace_id, trace_id) << "T marks a load test";
  EXPECT_EQ(found->decision, Decision::sample);
  EXPECT_TRUE(found->parent_id.is_zero());
  EXPECT_EQ(write(http, found.context).pairs(),
            (Headers::Pairs{{"X-B3-TraceId", trace + "T"}, {"X-B3-SpanId", "0"}, {"X-B3-Sampled", "true"}}));
}

TEST(SofaHttp, IsRefusedWhenItIsNotOne) {
  const auto result = [](Headers::Pairs headers) { return read(http, Headers(headers)).result; };
  EXPECT_EQ(result({{"X-B3-SpanId", "0.1"}}), Extraction::absent);
  EXPECT_EQ(result({{"X-B3-TraceId", ""}}), Extraction::malformed);
  EXPECT_EQ(result({{"X-B3-TraceId", "a b"}}), Extraction::malformed);
  EXPECT_EQ(result({{"X-B3-TraceId", std::string(129, '1')}}), Extraction::malformed);
  EXPECT_EQ(result({{"X-B3-TraceId", std::string(32, '0')}}), Extraction::malformed);
  EXPECT_EQ(result({{"X-B3-TraceId", trace}, {"X-B3-Sampled", "maybe"}}), Extraction::malformed);
  for (const char* rpc_id : {"0.", ".1", "0..1", "a", "0.a", "0-1", "-1"}) {
    EXPECT_EQ(result({{"X-B3-TraceId", trace}, {"X-B3-SpanId", rpc_id}}), Extraction::malformed) << rpc_id;
  }
  std::string deep = "0";
  for (int i = 1; i < 100; ++i) deep += ".1";
  EXPECT_EQ(result({{"X-B3-TraceId", trace}, {"X-B3-SpanId", deep}}), Extraction::taken);
  EXPECT_EQ(result({{"X-B3-TraceId", trace}, {"X-B3-SpanId", deep + ".1"}}), Extraction::malformed);
}

TEST(SofaHttp, CarriesANativeSpan) {
  Context context;
  context.trace_id = {1, 2};
  context.span_id.value = 0xff;
  const Headers written = write(http, context);
  EXPECT_EQ(written["X-B3-SpanId"], "00000000000000ff");
  const auto found = read(http, written);
  EXPECT_EQ(found->trace_id, context.trace_id);
  EXPECT_EQ(found->span_id, context.span_id);
}

TEST(SofaHttp, RefusesMoreThanAKilobyteOfAnOwner) {
  Context context;
  const std::string value(600, 'v');
  context.baggage.add({.key = "a", .value = value});
  context.baggage.add({.key = "b", .value = value});
  context.baggage.add({.key = "c", .value = value, .owner = BaggageOwner::system});
  context.baggage.add({.key = "d", .value = "v"});
  EXPECT_EQ(write(http, context, false).pairs(),
            (Headers::Pairs{{"baggage-a", value}, {"baggage-sys-c", value}, {"baggage-d", "v"}}));
  EXPECT_EQ(write(text_map, context, false).pairs().size(), 3U);
}

TEST(SofaContext, ReadsAndWritesBack) {
  const std::string text = "tcid=" + trace + "&spid=0.1&pspid=0&sample=true&_sys_z%3D=a%26b&mark=T&p=50%25&";
  const auto found = read(head, {{{"sftc_head", text}}});
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->trace_id, trace_id);
  EXPECT_EQ(found->rpc_id, "0.1");
  EXPECT_EQ(found->parent_id, span_id_of_rpc_id("0"));
  EXPECT_EQ(found.baggage("z="), "a&b");
  EXPECT_EQ(found.baggage("p"), "50%");
  EXPECT_EQ(write(head, found.context)["sftc_head"], text);
}

TEST(SofaContext, IsEncodedTwiceInHttp) {
  const std::string text = "tcid%3D" + trace + "%26spid%3D0%26pspid%3D%26sample%3Dtrue%26p%3D50%2525%26";
  const auto found = read(http_head, {{{"sftc_head", text}}});
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found.baggage("p"), "50%");
  EXPECT_EQ(write(http_head, found.context)["sftc_head"], text);
}

TEST(SofaContext, IsRefusedWithoutATrace) {
  const auto result = [](std::string text) { return read(head, {{{"sftc_head", text}}}).result; };
  EXPECT_EQ(result(""), Extraction::malformed);
  EXPECT_EQ(result("&&&"), Extraction::malformed);
  EXPECT_EQ(result("spid=0"), Extraction::malformed);
  EXPECT_EQ(result("tcid=&spid=0"), Extraction::malformed);
  EXPECT_EQ(result("tcid=a\r\nb"), Extraction::malformed);
  EXPECT_EQ(result("tcid=1"), Extraction::taken);
  EXPECT_EQ(result("tcid=1&a=" + std::string(17000, 'x')), Extraction::malformed);
  EXPECT_EQ(read(head, {{{"other", "tcid=1"}}}).result, Extraction::absent);
}

TEST(SofaKeys, ReadAndWriteBackInEitherProtocol) {
  const Headers::Pairs headers = {{"sofaTraceId", trace},    {"sofaRpcId", "0.1"},    {"samp", "true"},
                                  {"sofaCallerApp", "cart"}, {"sysPenAttrs", "s=1&"}, {"sofaPenAttrs", "a=b&c=d%26&"}};
  const auto found = read(bolt, Headers(headers));
  ASSERT_TRUE(found.taken());
  EXPECT_EQ(found->service, "cart");
  EXPECT_EQ(found.baggage("c"), "d&");
  EXPECT_EQ(write(bolt, found.context).pairs(), headers);
  const Headers in_triple = write(triple, found.context);
  EXPECT_EQ(in_triple["tri-trace-biz-baggage"], "a=b&c=d%26&");
  const auto again = read(triple, in_triple);
  EXPECT_EQ(again->trace_text, trace);
  EXPECT_EQ(write(bolt, again.context).pairs(), headers);
  EXPECT_EQ(read(triple, Headers(headers)).result, Extraction::absent);
}

}  // namespace
}  // namespace filo::propagation
