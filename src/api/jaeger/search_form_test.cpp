#include "api/jaeger/search_form.h"

#include <gtest/gtest.h>

#include "net/http.h"

namespace filo::api {
namespace {

constexpr Timestamp now{1'700'000'000'000'000'000};

std::variant<JaegerSearch, std::string> parsed(std::string_view query) {
  return parse_search_form(net::parse_query(query), now);
}

TEST(SearchForm, BecomesAFilter) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"service=a", "service=a"},
      {"service=a&operation=GET%20%2Fx&lookback=1h&raw=true", "service=a operation=\"GET /x\""},
      {"service=a&minDuration=1.5ms&maxDuration=1h2m", "service=a duration>=1500000ns duration<=3720000000000ns"},
      {"service=a&minDuration=0&maxDuration=0", "service=a"},
      {"service=a&tag=http.url:http://x:80/&tag=k:", "service=a http.url=\"http://x:80/\" k=\"\""},
      {"service=a&tags=%7B%22b%22%3A%222%22%2C%22a%22%3A%221%22%7D&tag=b:3", "service=a a=1 b=3"},
      {"service=a&tag=error:true", "service=a status=error"},
      {"service=a&tag=error:false", "service=a status!=error"},
      {"service=a&tag=error:maybe", "service=a error=maybe"},
      {"service=a&tag=span.kind:server", "service=a kind=server"},
      {"service=a&tag=span.kind:odd", "service=a \"span.kind\"=odd"},
      {"service=a&tag=span.status:ERROR", "service=a status=error"},
      {"service=a&tag=scope.name:lib&tag=scope.version:1", "service=a scope.name=lib scope.version=1"},
      {"service=a&tag=resource.host.name:h", "service=a resource.host.name=h"},
      {"service=a&tag=span.x:1", "service=a \"span.x\"=1"},
  };
  for (const auto& [query, filter] : cases) {
    const auto result = parsed(query);
    ASSERT_TRUE(std::holds_alternative<JaegerSearch>(result)) << query << ": " << std::get<std::string>(result);
    const auto text = filter::to_text(std::get<JaegerSearch>(result).query.filter);
    EXPECT_EQ(text, filter) << query;
  }
}

TEST(SearchForm, RangeAndLimit) {
  const auto defaults = std::get<JaegerSearch>(parsed("service=a")).query;
  EXPECT_EQ(defaults.limit, 100U);
  EXPECT_EQ(defaults.range.from, now - std::chrono::hours(48));
  EXPECT_TRUE(defaults.range.contains(now));
  const auto given = std::get<JaegerSearch>(parsed("service=a&limit=7&start=5&end=9")).query;
  EXPECT_EQ(given.limit, 7U);
  EXPECT_EQ(given.range.from, Timestamp{5'000});
  EXPECT_TRUE(given.range.contains(Timestamp{9'999}));
  EXPECT_FALSE(given.range.contains(Timestamp{10'000}));
  const auto extreme = std::get<JaegerSearch>(parsed("service=a&start=-9223372036854775808&end=9223372036854775807"));
  EXPECT_EQ(extreme.query.range.from.unix_ns, INT64_MIN);
  EXPECT_EQ(extreme.query.range.to.unix_ns, INT64_MAX);
}

TEST(SearchForm, SaysWhatIsWrongInJaegersWords) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "parameter 'service' is required"},
      {"service=a&start=x", "unable to parse param 'start': strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"service=a&end=99999999999999999999",
       "unable to parse param 'end': strconv.ParseInt: parsing \"99999999999999999999\": value out of range"},
      {"service=a&limit=x", "unable to parse param 'limit': strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"service=a&limit=0", "unable to parse param 'limit': expected a number from 1 to 10000"},
      {"service=a&minDuration=5", "unable to parse param 'minDuration': time: invalid duration \"5\""},
      {"service=a&maxDuration=x", "unable to parse param 'maxDuration': time: invalid duration \"x\""},
      {"service=a&minDuration=2s&maxDuration=1s", "'maxDuration' should be greater than 'minDuration'"},
      {"service=a&tag=x", "malformed 'tag' parameter, expecting key:value, received: x"},
      {"service=a&tags=x", "malformed 'tags' parameter, cannot unmarshal JSON: "},
      {"service=a&tags=%7B%22a%22%3A1%7D", "malformed 'tags' parameter, cannot unmarshal JSON: "},
      {"traceID=xyz", "cannot parse traceID param: "},
  };
  for (const auto& [query, message] : cases) {
    const auto result = parsed(query);
    ASSERT_TRUE(std::holds_alternative<std::string>(result)) << query;
    EXPECT_TRUE(std::get<std::string>(result).starts_with(message)) << std::get<std::string>(result);
  }
}

TEST(SearchForm, TraceIdsInEveryDress) {
  const TraceId id{0x5b8efff798038103U, 0xd269b633813fc60cU};
  EXPECT_EQ(parse_jaeger_trace_id("5b8efff798038103d269b633813fc60c"), id);
  EXPECT_EQ(parse_jaeger_trace_id("5B8EFFF798038103D269B633813FC60C"), id);
  EXPECT_EQ(parse_jaeger_trace_id("9aa"), (TraceId{0, 0x9aa}));
  EXPECT_EQ(parse_jaeger_trace_id("W47/95gDgQPSabYzgT/GDA=="), id);
  EXPECT_EQ(parse_jaeger_trace_id("W47_95gDgQPSabYzgT_GDA"), id);
  for (const std::string_view bad :
       {"", "x", "5b8efff798038103d269b633813fc60c0", "W47_95gDgQPSabYzgT_GD", "W47_95gDgQPSabYzgT_GD*=="}) {
    EXPECT_FALSE(parse_jaeger_trace_id(bad).has_value()) << bad;
  }
  const auto search = std::get<JaegerSearch>(parsed("traceID=1&traceID=2"));
  EXPECT_EQ(search.trace_ids, (std::vector<TraceId>{{0, 1}, {0, 2}}));
}

}  // namespace
}  // namespace filo::api
