#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "filter/span_filter.h"

namespace filo::filter {
namespace {

Attribute text(std::string_view key, std::string_view value) { return {key, AttributeValue::of_string(value)}; }
Attribute number(std::string_view key, std::int64_t value) { return {key, AttributeValue::of_int(value)}; }

// One span with every type of value on every level.
class Match : public testing::Test {
 protected:
  Match() {
    resource_attributes_ = {text("service.name", "cart"), text("host.name", "web-1"), text("dup", "resource")};
    resource_.attributes = resource_attributes_;
    resource_.finish();
    scope_attributes_ = {text("library", "boost"), text("dup", "scope")};
    scope_.name = "io.beast";
    scope_.version = "1.81";
    scope_.attributes = scope_attributes_;
    items_ = {AttributeValue::of_string("a"), AttributeValue::of_int(7), AttributeValue::of_bool(true)};
    entries_ = {text("k", "v"), number("n", 1)};
    event_attributes_ = {text("exception.type", "IOError"), number("dup", 4)};
    events_ = {Event{{}, "exception", event_attributes_}, Event{{}, "retry", {}}};
    attributes_ = {text("http.method", "GET"),
                   text("numeric.text", "500"),
                   text("lines", "one\ntwo"),
                   number("http.status_code", 500),
                   number("big", 9'007'199'254'740'993),
                   {"ratio", AttributeValue::of_double(0.25)},
                   {"whole", AttributeValue::of_double(5.0)},
                   {"nan", AttributeValue::of_double(NAN)},
                   {"yes", AttributeValue::of_bool(true)},
                   {"blob", AttributeValue::of_bytes("hello")},
                   {"list", AttributeValue::of_array(items_)},
                   {"none", AttributeValue::of_array({})},
                   {"map", AttributeValue::of_map(entries_)},
                   {"null", AttributeValue()},
                   text("twice", "1"),
                   text("twice", "2"),
                   text("dup", "span"),
                   text("service", "not the service"),
                   text("empty", "")};
    span_.attributes = attributes_;
    span_.events = events_;
    span_.resource = &resource_;
    span_.scope = &scope_;
    span_.name = "GET /cart";
    span_.kind = SpanKind::server;
    span_.status = StatusCode::error;
    span_.start = Timestamp{1'000};
    span_.end = Timestamp{1'000 + 5'000'000};
  }

  bool holds(std::string_view filter) {
    auto result = parse(filter);
    if (const auto* error = std::get_if<ParseError>(&result)) {
      ADD_FAILURE() << filter << ": " << error->message;
      return false;
    }
    return matches(std::get<SpanFilter>(result), span_);
  }

  std::vector<Attribute> resource_attributes_, scope_attributes_, entries_, event_attributes_, attributes_;
  std::vector<AttributeValue> items_;
  std::vector<Event> events_;
  Resource resource_;
  Scope scope_;
  Span span_;
};

TEST_F(Match, HoldsFor) {
  for (const std::string_view filter : {
           "",
           "service=cart",
           "service!=other",
           "service=~c.rt",
           "operation=\"GET /cart\"",
           "operation!~GET",
           "kind=server",
           "kind!=client",
           "kind=~\"server|client\"",
           "status=error",
           "duration=5ms",
           "duration>4.9ms",
           "duration>=5ms duration<=5ms",
           "scope.name=io.beast scope.version=1.81",
           "event=exception",
           "event=retry",
           "event!=exception",
           "has(event)",
           "http.method=GET",
           "span.http.method=GET",
           "resource.host.name=web-1",
           "scope.library=boost",
           "event.exception.type=IOError",
           "host.name=web-1",
           "library=boost",
           "exception.type=IOError",
           "http.status_code=500",
           "http.status_code:500",
           "http.status_code=500.0",
           "http.status_code>499 http.status_code<500.5",
           "http.status_code!=501",
           "http.status_code!=many",
           "http.status_code=~5..",
           "numeric.text=500",
           "big=9007199254740993",
           "big>9007199254740992",
           "ratio=0.25",
           "ratio<1",
           "ratio=2.5e-1",
           "whole=5",
           "whole=~5",
           "nan=NaN",
           "nan!=5",
           "yes=true",
           "yes!=false",
           "yes=~t.*",
           "blob=aGVsbG8=",
           "blob!=hello",
           "blob=~aGVs.*",
           "list=a",
           "list=7",
           "list>6",
           "list=true",
           "list=\"[\\\"a\\\",7,true]\"",
           "none=[]",
           "map=\"{\\\"k\\\":\\\"v\\\",\\\"n\\\":1}\"",
           "map=~.*v.*",
           "null=null",
           "twice=1",
           "twice=2",
           "twice!=1",
           "dup=span",
           "dup=resource",
           "dup=scope",
           "dup=4",
           "event.dup=4",
           "dup>3",
           "\"service\"=\"not the service\"",
           "empty=\"\"",
           "lines=~one.*",
           "has(http.method)",
           "has(exception.type)",
           "has(none)",
           "has(null)",
           "!has(nothing)",
           "!has(resource.http.method)",
           "!has(event.http.method)",
           "!has(span.host.name)",
           "service=cart status=error http.method=GET",
       }) {
    EXPECT_TRUE(holds(filter)) << filter;
  }
}

TEST_F(Match, DoesNotHoldFor) {
  for (const std::string_view filter : {
           "service=Cart",
           "service!=cart",
           "service=~c",
           "operation=~GET",
           "kind=client",
           "status!=error",
           "duration<5ms",
           "duration!=5ms",
           "duration<0s",
           "scope.name=other",
           "event=other",
           "!has(event)",
           "http.method!=GET",
           "resource.http.method=GET",
           "event.http.method=GET",
           "span.host.name=web-1",
           "numeric.text>400",
           "numeric.text=500.0",
           "http.status_code=5e2x",
           "http.status_code=501",
           "http.status_code=many",
           "http.status_code=~5",
           "big=9007199254740992",
           "big=9007199254740994",
           "nan>0",
           "nan<0",
           "nan=5",
           "yes=1",
           "yes>0",
           "blob=hello",
           "blob=aGVsbG8",
           "list=b",
           "list<7",
           "none=x",
           "none!=x",
           "map=v",
           "null=\"\"",
           "null!=null",
           "dup=5",
           "dup>4",
           "resource.dup=span",
           "nothing=x",
           "nothing!=x",
           "nothing!~x",
           "nothing<1",
           "has(nothing)",
           "has(resource.http.method)",
           "!has(http.method)",
           "!has(exception.type)",
           "!has(host.name)",
           "!has(library)",
           "service=cart status=ok",
       }) {
    EXPECT_FALSE(holds(filter)) << filter;
  }
}

TEST_F(Match, NegativeDurationsAreTakenAsTheyAre) {
  span_.end = span_.start - std::chrono::milliseconds(2);
  EXPECT_TRUE(holds("duration<0s"));
  EXPECT_TRUE(holds("duration=-2ms"));
  EXPECT_FALSE(holds("duration>-2ms"));
}

TEST_F(Match, TextThatIsNotUtf8IsComparedByItsBytes) {
  attributes_.push_back(text("raw", "\xff\xfe"));
  span_.attributes = attributes_;
  EXPECT_TRUE(holds("raw=\xff\xfe"));
  EXPECT_FALSE(holds("raw=\xff"));
  EXPECT_FALSE(holds("raw=~a.*"));
}

}  // namespace
}  // namespace filo::filter
