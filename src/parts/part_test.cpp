#include "parts/part.h"

#include <gtest/gtest.h>

#include <map>

#include "io/memory_file_system.h"
#include "parts/part_writer.h"
#include "parts/scan.h"
#include "test/support/random_traces.h"

namespace filo::parts {
namespace {

struct Stored {
  io::MemoryFileSystem files;
  std::vector<Trace> traces;
  PartInfo info;
  std::shared_ptr<const Part> part;

  void add(test::RandomTraces& source, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) traces.push_back(source.next());
  }
  void write(const WriterSettings& settings) {
    ASSERT_TRUE(files.make_dirs("d"));
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < traces.size(); ++i) pieces.push_back({&traces[i], 100 + i});
    auto written = write_part(files, "d/1.part", pieces, settings);
    ASSERT_TRUE(written) << written.error().message;
    info = *written;
    auto opened = Part::open(files, "d/1.part");
    ASSERT_TRUE(opened) << opened.error().message;
    part = *opened;
  }
  void expect_all_found() const {
    for (std::size_t i = 0; i < traces.size(); ++i) {
      SpanSet set;
      auto found = part->find(traces[i].id, set);
      ASSERT_TRUE(found) << found.error().message;
      const Trace back = assemble(traces[i].id, std::move(set));
      ASSERT_EQ(back.spans.size(), traces[i].spans.size());
      EXPECT_EQ(back.parents, traces[i].parents);
      for (std::size_t row = 0; row < back.spans.size(); ++row) {
        EXPECT_TRUE(equal(back.spans[row], traces[i].spans[row])) << i << " " << row;
        EXPECT_EQ(back.spans[row].resource->service, traces[i].spans[row].resource->service);
      }
      const auto through = part->through(traces[i].id);
      ASSERT_TRUE(through);
      EXPECT_EQ(*through, std::optional<std::uint64_t>(100 + i));
    }
  }
};

WriterSettings small_pages() {
  WriterSettings settings;
  settings.page_rows = 64;
  return settings;
}

TEST(Part, GivesBackEverythingThatWasSent) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    test::RandomTraces source(seed, {.hostile = seed % 2 == 0 ? 0.3 : 0.02});
    Stored stored;
    stored.add(source, 120);
    stored.write(small_pages());
    stored.expect_all_found();
    EXPECT_GT(stored.info.pages, 5U);
    EXPECT_EQ(stored.info.through_max, 219U);
    EXPECT_EQ(stored.part->info().spans, stored.info.spans);
    SpanSet none;
    ASSERT_TRUE(stored.part->find(TraceId{1, 2}, none));
    EXPECT_TRUE(none.spans.empty());
  }
}

TEST(Part, LimitsOnShapesAndColumnsOnlyCostSpace) {
  WriterSettings settings = small_pages();
  settings.dictionary_max = 4;
  settings.groups_max = 2;
  settings.event_words_max = 1;
  settings.shapes.shapes_max = 5;
  settings.shapes.columns_max = 6;
  settings.shapes.attributes_max = 4;
  settings.shapes.key_bytes_max = 8;
  test::RandomTraces source(3, {.hostile = 0.3});
  Stored stored;
  stored.add(source, 100);
  stored.write(settings);
  stored.expect_all_found();
}

TEST(Part, TracesLargerThanAPageAreWhole) {
  test::RandomTraces source(4, {.spans_max = 1500, .hostile = 0.05});
  Stored stored;
  stored.add(source, 6);
  stored.write(small_pages());
  stored.expect_all_found();
  WriterSettings by_bytes;
  by_bytes.page_bytes_max = 3000;
  Stored narrow;
  narrow.add(source, 4);
  narrow.write(by_bytes);
  EXPECT_GT(narrow.info.pages, 20U);
  narrow.expect_all_found();
}

TEST(Part, SixtyFiveThousandAttributes) {
  auto batch = std::make_shared<SpanBatch>();
  const auto attributes = batch->arena.array<Attribute>(Limits::attributes_max);
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    attributes[i] = {batch->arena.copy(std::string_view("k" + std::to_string(i % 60'000))),
                     AttributeValue::of_int(static_cast<std::int64_t>(i))};
  }
  const Resource resource;
  const Scope scope;
  Span span;
  span.trace_id = {1, 1};
  span.attributes = attributes;
  span.resource = &resource;
  span.scope = &scope;
  Stored stored;
  SpanSet set;
  set.spans = {span};
  set.owners = {batch};
  stored.traces.push_back(assemble({1, 1}, std::move(set)));
  stored.write({});
  SpanSet found;
  ASSERT_TRUE(stored.part->find({1, 1}, found));
  ASSERT_EQ(found.spans.size(), 1U);
  EXPECT_TRUE(equal(found.spans.front(), span));
}

// What a scan must say: each trace with its newest matching span in the range.
std::map<TraceId, Timestamp> expected(const std::vector<Trace>& traces, const filter::SpanFilter& filter,
                                      StartRange range) {
  std::map<TraceId, Timestamp> places;
  for (const auto& trace : traces) {
    for (const auto& span : trace.spans) {
      if (span.start < range.from || span.start >= range.to || !filter::matches(filter, span)) continue;
      auto& newest = places.emplace(trace.id, span.start).first->second;
      newest = std::max(newest, span.start);
    }
  }
  return places;
}

std::map<TraceId, Timestamp> scan_all(const std::shared_ptr<const Part>& part, const filter::SpanFilter& filter,
                                      StartRange range) {
  std::map<TraceId, Timestamp> places;
  PartScan scan(part, filter, range);
  while (!scan.is_done()) {
    const Timestamp bound = scan.bound();
    std::vector<Match> matches;
    const auto stepped = scan.step(matches);
    EXPECT_TRUE(stepped) << stepped.error().message;
    for (const auto& match : matches) {
      EXPECT_LE(match.newest, bound);
      auto& newest = places.emplace(match.trace_id, match.newest).first->second;
      newest = std::max(newest, match.newest);
    }
  }
  return places;
}

TEST(PartScan, AgreesWithTheFilterOnEverySpan) {
  const std::vector<std::string> texts = {"",
                                          "service=service1",
                                          "service!=service1",
                                          "operation=operation3",
                                          "operation=~\"operation1.*\"",
                                          "kind=server",
                                          "status=error",
                                          "status!=error",
                                          "duration>200ms",
                                          "duration<=1us",
                                          "duration=0s",
                                          "scope.name=scope1",
                                          "scope.version=1.2",
                                          "event=event1",
                                          "event!=event1",
                                          "has(event)",
                                          "!has(event)",
                                          "key0=v1",
                                          "span.key0=v1",
                                          "resource.key0=v1",
                                          "event.key0=v1",
                                          "scope.key0=v1",
                                          "key0!=v1",
                                          "key1>400",
                                          "key1=17",
                                          "key1<0",
                                          "key1>=1.5",
                                          "key3=0.5",
                                          "key4=true",
                                          "key4!=true",
                                          "has(key2)",
                                          "!has(key2)",
                                          "span.key5=~\"v[12]\"",
                                          "!has(span.key0)",
                                          "has(rare7)",
                                          "rare7=null",
                                          "key0=null",
                                          "key0=\"\"",
                                          "key2=\"\"",
                                          "key1=0",
                                          "has(resource.service.name)",
                                          "!has(resource.key1)",
                                          "key2=id-17",
                                          "key2=absent",
                                          "service=service2 operation=operation1",
                                          "service=service2 duration>100ms key0=v2",
                                          "kind=server status=error has(key1)",
                                          "has(nowhere)",
                                          "!has(nowhere)",
                                          "nowhere=1",
                                          "event.key0!=v1",
                                          "!has(event.key0)",
                                          "key0=[1]",
                                          "key0={}",
                                          "key0!~\"v.*\"",
                                          "key3!=0.5",
                                          "key3=NaN"};
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    test::RandomTraces source(seed, {.hostile = seed % 2 == 0 ? 0.3 : 0.05});
    Stored stored;
    stored.add(source, 150);
    WriterSettings settings = small_pages();
    if (seed == 14) settings.shapes.shapes_max = 10, settings.dictionary_max = 3;
    stored.write(settings);
    for (const auto& text : texts) {
      auto parsed = filter::parse(text);
      ASSERT_TRUE(std::holds_alternative<filter::SpanFilter>(parsed)) << text;
      const auto& filter = std::get<filter::SpanFilter>(parsed);
      const Timestamp middle{1'700'001'000'000'000'000};
      for (const StartRange range :
           {StartRange{}, StartRange{middle, Timestamp{INT64_MAX}}, StartRange{Timestamp{INT64_MIN}, middle},
            StartRange{middle, middle + std::chrono::minutes(9)}}) {
        EXPECT_EQ(scan_all(stored.part, filter, range), expected(stored.traces, filter, range)) << seed << ": " << text;
      }
    }
  }
}

TEST(PartScan, ATraceIdFoundByAnAttributeReadsFewPages) {
  test::RandomTraces source(21, {.hostile = 0});
  Stored stored;
  stored.add(source, 600);
  stored.write(small_pages());
  std::string wanted;
  for (const auto& span : stored.traces[300].spans) {
    const auto* value = find(span.attributes, "key2");
    if (value != nullptr) wanted = to_text(*value);
  }
  ASSERT_FALSE(wanted.empty());
  const auto filter = std::get<filter::SpanFilter>(filter::parse("span.key2=" + wanted));
  PartScan scan(stored.part, filter, {});
  std::vector<Match> matches;
  while (!scan.is_done()) ASSERT_TRUE(scan.step(matches));
  EXPECT_EQ(matches.size(), 1U);
  EXPECT_LT(scan.rows(), stored.info.spans / 4);
}

}  // namespace
}  // namespace filo::parts
