#include <gtest/gtest.h>

#include "base/random.h"
#include "filter/span_filter.h"

namespace filo::filter {
namespace {

SpanFilter parsed(std::string_view text) {
  auto result = parse(text);
  if (const auto* error = std::get_if<ParseError>(&result)) {
    ADD_FAILURE() << text << ": " << error->message << " at " << error->position;
    return {};
  }
  return std::get<SpanFilter>(std::move(result));
}

void expect_equal(const SpanFilter& a, const SpanFilter& b, std::string_view text) {
  ASSERT_EQ(a.conditions.size(), b.conditions.size()) << text;
  for (std::size_t i = 0; i < a.conditions.size(); ++i) {
    const auto& x = a.conditions[i];
    const auto& y = b.conditions[i];
    EXPECT_EQ(x.field, y.field) << text;
    EXPECT_EQ(x.level, y.level) << text;
    EXPECT_EQ(x.key, y.key) << text;
    EXPECT_EQ(x.op, y.op) << text;
    EXPECT_EQ(x.text, y.text) << text;
    EXPECT_EQ(x.integer, y.integer) << text;
    EXPECT_EQ(x.number.has_value(), y.number.has_value()) << text;
    EXPECT_EQ(x.pattern != nullptr, y.pattern != nullptr) << text;
  }
}

TEST(Parse, PrintsBackInOneForm) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"  \t\n ", ""},
      {"service=cart", "service=cart"},
      {"service:cart", "service=cart"},
      {"service = cart", "service=cart"},
      {"operation=\"GET /cart\"", "operation=\"GET /cart\""},
      {"kind=server status!=ok", "kind=server status!=ok"},
      {"kind=~\"client|server\"", "kind=~client|server"},
      {"duration>250ms", "duration>250000000ns"},
      {"duration <= -1.5s", "duration<=-1500000000ns"},
      {"duration=10µs", "duration=10000ns"},
      {"scope.name=lib scope.version=1.2", "scope.name=lib scope.version=1.2"},
      {"event=exception", "event=exception"},
      {"http.status_code>=500", "http.status_code>=500"},
      {"span.http.method!=GET", "span.http.method!=GET"},
      {"resource.host.name=~web-.*", "resource.host.name=~web-.*"},
      {"scope.x=1 event.y=2", "scope.x=1 event.y=2"},
      {"url!~\"\\d+\"", "url!~\"\\\\d+\""},
      {"url!~\\d+", "url!~\"\\\\d+\""},
      {"host=localhost:8080", "host=\"localhost:8080\""},
      {"url=http://a/b?c=d", "url=\"http://a/b?c=d\""},
      {"a=\"\"", "a=\"\""},
      {"a=\"say \\\"hi\\\" \\\\\"", "a=\"say \\\"hi\\\" \\\\\""},
      {"\"my key\"=1", "\"my key\"=1"},
      {"\"service\"=1", "\"service\"=1"},
      {"\"span.a\"=1", "\"span.a\"=1"},
      {"span.\"a=b\"=1", "span.\"a=b\"=1"},
      {"scope.\"name\"=1", "scope.\"name\"=1"},
      {"\"\"=1", "\"\"=1"},
      {"has(http.route)", "has(http.route)"},
      {"has( span.x )  !has(\"event\") !has(event)", "has(span.x) !has(\"event\") !has(event)"},
      {"has=1", "has=1"},
      {"größe=groß", "größe=groß"},
      {"x=-1e3", "x=-1e3"},
  };
  for (const auto& [text, printed] : cases) {
    const SpanFilter filter = parsed(text);
    EXPECT_EQ(to_text(filter), printed) << text;
    expect_equal(parsed(to_text(filter)), filter, text);
  }
}

TEST(Parse, SaysWhatWasExpectedAndWhere) {
  struct Case {
    std::string_view text;
    std::size_t position;
    std::string_view part;
  };
  const Case cases[] = {
      {"service", 7, "expected one of ="},
      {"a=1 service cart", 12, "expected one of ="},
      {"service=", 8, "expected a value"},
      {"service==cart", 8, "expected a value"},
      {"=cart", 0, "expected a key"},
      {"a=1 (b=2)", 4, "expected a key"},
      {"span.=1", 5, "expected an attribute key after span."},
      {"a=\"x", 2, "expected a closing \""},
      {"a=\"x\"y", 5, "expected a space"},
      {"a=x\"y\"", 3, "expected no \""},
      {"ab\"c\"=1", 2, "expected an operator"},
      {"kind=nonsense", 5, "expected a kind"},
      {"status=bad", 7, "expected a status"},
      {"duration>5", 9, "expected a duration"},
      {"duration=~5s", 10, "duration is a number"},
      {"service>a", 8, "service is text"},
      {"event<a", 6, "event is text"},
      {"a>b", 2, "expected a number after >"},
      {"a<=\"\"", 3, "expected a number after <="},
      {"a=~(", 3, "regular expression"},
      {"a=~\"\xff\"", 3, "regular expression"},
      {"has(a", 5, "expected )"},
      {"has(a)b=1", 6, "expected a space"},
      {"has(service)", 4, "always there"},
      {"!a", 0, "expected a key"},
      {"has()", 4, "expected a key"},
  };
  for (const auto& c : cases) {
    const auto result = parse(c.text);
    const auto* error = std::get_if<ParseError>(&result);
    ASSERT_NE(error, nullptr) << c.text;
    EXPECT_EQ(error->position, c.position) << c.text << ": " << error->message;
    EXPECT_NE(error->message.find(c.part), std::string::npos) << c.text << ": " << error->message;
  }
}

TEST(Parse, IsBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=1 ";
  EXPECT_EQ(parsed(many).conditions.size(), 100U);
  const auto too_many = parse(many + "b=2");
  ASSERT_TRUE(std::holds_alternative<ParseError>(too_many));
  EXPECT_EQ(std::get<ParseError>(too_many).position, 400U);
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse("a=" + std::string(64U << 10, 'x'))));
  // A pattern that would be huge when compiled.
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse("a=~((a{100}){100}){100}")));
}

std::string random_text(Random& random) {
  static constexpr std::string_view alphabet[] = {"a", "b", ".", "span.", "event", "name", "\"", "\\",
                                                  " ", "=", "!", "<",     ">",     ":",    "~",  "(",
                                                  ")", "1", "-", "\n",    "\xff",  "ä"};
  std::string text;
  for (auto n = random.below(6); n > 0; --n) text += alphabet[random.below(std::size(alphabet))];
  return text;
}

Result<Condition> random_condition(Random& random) {
  static constexpr std::string_view durations[] = {"1ns", "-1h2m", "3.5ms", "0s"};
  const auto op = static_cast<Op>(random.below(10));
  switch (random.below(4)) {
    case 0:
      return make_condition(Field::duration, op, durations[random.below(4)]);
    case 1:
      return make_condition(Field::kind, op, name_of(static_cast<SpanKind>(random.below(6))));
    case 2:
      return make_condition(static_cast<Field>(random.below(8)), op, random_text(random));
    default:
      return make_attribute_condition(static_cast<Level>(random.below(5)), random_text(random), op,
                                      random.chance(0.3) ? "-12.5" : random_text(random));
  }
}

TEST(Parse, ReadsBackWhateverIsPrinted) {
  Random random(1);
  int conditions = 0;
  for (int round = 0; round < 20'000; ++round) {
    SpanFilter filter;
    for (auto n = random.below(4); n > 0; --n) {
      auto condition = random_condition(random);
      if (condition) filter.conditions.push_back(*std::move(condition));
    }
    conditions += static_cast<int>(filter.conditions.size());
    const std::string text = to_text(filter);
    expect_equal(parsed(text), filter, text);
    if (HasFailure()) break;
  }
  EXPECT_GT(conditions, 10'000);
}

TEST(ParseDuration, ReadsGoNotation) {
  const std::pair<std::string_view, std::int64_t> good[] = {
      {"1ns", 1},
      {"10us", 10'000},
      {"10µs", 10'000},
      {"10\xce\xbcs", 10'000},
      {"250ms", 250'000'000},
      {"1.5s", 1'500'000'000},
      {".5s", 500'000'000},
      {"3m", 180'000'000'000},
      {"1h2m", 3'720'000'000'000},
      {"-5ms", -5'000'000},
      {"+5ms", 5'000'000},
      {"0s", 0},
      {"1.0000000019s", 1'000'000'001},
      {"0.12345678901234567890123h", 444'444'440'444},
      {"9223372036854775807ns", INT64_MAX},
  };
  for (const auto& [text, ns] : good) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration.has_value()) << text;
    EXPECT_EQ(duration->count(), ns) << text;
  }
  for (const std::string_view bad : {"", "5", "0", "s", "-", "1.s.", ".s", "1x", "1s ", "1 s", "9223372036854775808ns",
                                     "99999999999999999999h", "2562048h", "1h2"}) {
    EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace filo::filter
