#include "query/facet_counter.h"

#include <gtest/gtest.h>

namespace filo::query {
namespace {

using filter::Level;

class FacetCounterTest : public testing::Test {
 protected:
  FacetCounterTest() {
    cart_.attributes = of_cart_;
    cart_.finish();
    mail_.attributes = of_mail_;
    mail_.finish();
    scope_.attributes = of_scope_;
    events_[0].attributes = of_event_;
    events_[1].attributes = of_event_;
  }

  Span span(const Resource& resource, std::string_view name, SpanKind kind = SpanKind::server) const {
    Span made;
    made.name = name;
    made.kind = kind;
    made.attributes = of_span_;
    made.events = events_;
    made.resource = &resource;
    made.scope = &scope_;
    return made;
  }

  // "name spans", with what else tells a facet apart.
  std::vector<std::string> ask(const FacetQuery& query) const {
    FacetCounter counter(query);
    counter.add(span(cart_, "get"));
    counter.add(span(cart_, "get"));
    counter.add(span(cart_, "get", SpanKind::client));
    counter.add(span(mail_, "send"));
    std::vector<std::string> lines;
    for (const auto& facet : counter.take().facets) {
      std::string line = facet.name + " " + std::to_string(facet.spans);
      if (query.kind == FacetKind::operation) line += facet.kind == SpanKind::server ? " server" : " client";
      if (query.kind == FacetKind::attribute_key) {
        line += facet.level == Level::span       ? " span"
                : facet.level == Level::resource ? " resource"
                : facet.level == Level::scope    ? " scope"
                                                 : " event";
        if (facet.type == ValueType::int64) line += " int";
      }
      lines.push_back(std::move(line));
    }
    return lines;
  }

  Attribute of_cart_[1] = {{"service.name", AttributeValue::of_string("cart")}};
  Attribute of_mail_[2] = {{"service.name", AttributeValue::of_string("mail")},
                           {"zone", AttributeValue::of_string("a")}};
  Attribute of_scope_[1] = {{"zone", AttributeValue::of_string("s")}};
  Attribute of_span_[4] = {{"zone", AttributeValue::of_string("a")},
                           {"zone", AttributeValue::of_string("a")},  // twice, as careless clients do
                           {"zone", AttributeValue::of_int(7)},
                           {"n", AttributeValue::of_int(1)}};
  Attribute of_event_[1] = {{"zone", AttributeValue::of_string("e")}};
  Event events_[2];
  Resource cart_;
  Resource mail_;
  Scope scope_;
};

using Lines = std::vector<std::string>;

FacetQuery names(FacetKind kind, std::string service = "", std::string prefix = "") {
  FacetQuery query;
  query.kind = kind;
  query.service = std::move(service);
  query.prefix = std::move(prefix);
  return query;
}

FacetQuery values(std::string key, Level level = Level::any) {
  FacetQuery query;
  query.kind = FacetKind::attribute_value;
  query.key = std::move(key);
  query.level = level;
  return query;
}

TEST_F(FacetCounterTest, CountsServicesWhateverServiceIsAskedFor) {
  EXPECT_EQ(ask(names(FacetKind::service, "cart")), (Lines{"cart 3", "mail 1"}));
  EXPECT_EQ(ask(names(FacetKind::service, "", "m")), Lines{"mail 1"});
}

TEST_F(FacetCounterTest, TellsOperationsApartByKind) {
  EXPECT_EQ(ask(names(FacetKind::operation)), (Lines{"get 2 server", "get 1 client", "send 1 server"}));
  EXPECT_EQ(ask(names(FacetKind::operation, "mail")), Lines{"send 1 server"});
  FacetQuery one = names(FacetKind::operation);
  one.limit = 1;
  EXPECT_EQ(ask(one), Lines{"get 2 server"});
}

TEST_F(FacetCounterTest, CountsAKeyOncePerSpanLevelAndType) {
  EXPECT_EQ(ask(names(FacetKind::attribute_key, "", "zone")),
            (Lines{"zone 4 span", "zone 4 span int", "zone 1 resource", "zone 4 scope", "zone 4 event"}));
  EXPECT_EQ(ask(names(FacetKind::attribute_key, "cart", "n")), Lines{"n 3 span int"});
}

TEST_F(FacetCounterTest, CountsAValueOncePerSpanMostFirst) {
  EXPECT_EQ(ask(values("zone")), (Lines{"7 4", "a 4", "e 4", "s 4"}));
  EXPECT_EQ(ask(values("zone", Level::resource)), Lines{"a 1"});
  EXPECT_EQ(ask(values("zone", Level::event)), Lines{"e 4"});
  EXPECT_EQ(ask(values("service.name")), (Lines{"cart 3", "mail 1"}));
}

TEST_F(FacetCounterTest, AddsUpWhatReadersKnowOfManySpans) {
  const FacetQuery query = names(FacetKind::attribute_key);
  FacetCounter counter(query);
  counter.begin(10);
  counter.count_keys(of_span_, Level::span);
  counter.begin(5);
  counter.count("zone");
  const auto page = counter.take();
  ASSERT_EQ(page.facets.size(), 3U);
  EXPECT_EQ(page.facets[0].name, "n");
  EXPECT_EQ(page.facets[1].spans, 15U);
  EXPECT_TRUE(page.scan.complete);
}

TEST_F(FacetCounterTest, SaysSoWhenThereIsTooMuchToCount) {
  const FacetQuery query;
  FacetCounter counter(query);
  counter.begin(1);
  int names = 0;
  while (!counter.is_full()) counter.count(std::to_string(++names));
  EXPECT_EQ(names, 200'001);
  EXPECT_FALSE(counter.take().scan.complete);
}

}  // namespace
}  // namespace filo::query
