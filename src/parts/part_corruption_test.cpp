// Damage of every kind to a small part: each truncation, each single flipped bit. Whatever happens is either reported
// or harmless; nothing that is read is wrong.
#include <gtest/gtest.h>

#include "io/memory_file_system.h"
#include "parts/census.h"
#include "parts/part_writer.h"
#include "parts/scan.h"
#include "test/support/random_traces.h"

namespace filo::parts {
namespace {

struct Sample {
  std::vector<Trace> traces;
  std::string bytes;
  std::vector<filter::SpanFilter> filters;
  std::vector<std::vector<Match>> matches;  // of each filter
  std::uint64_t groups = 0;
};

// All matches of a scan; false after an error.
bool scan_all(const std::shared_ptr<const Part>& part, const filter::SpanFilter& filter, std::vector<Match>& matches) {
  PartScan scan(part, filter, {});
  bool whole = true;
  while (!scan.is_done()) whole = scan.step(matches) && whole;
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return a.trace_id < b.trace_id; });
  return whole;
}

bool same(const Match& a, const Match& b) { return a.trace_id == b.trace_id && a.newest == b.newest; }

bool count_spans(const Part& part, std::uint64_t& spans) {
  const auto contents = part.contents();
  if (!contents) return false;
  spans = 0;
  return visit_groups(part, **contents, Deadline::never(), [&spans](const SpanGroup& g) { spans += g.spans; })
      .has_value();
}

std::shared_ptr<const Part> open_bytes(const std::string& bytes) {
  io::MemoryFileSystem files;
  auto file = files.create("x.part");
  EXPECT_TRUE(file && (*file)->append(bytes));
  auto part = Part::open(files, "x.part");
  return part ? *part : nullptr;
}

Sample make_sample() {
  Sample sample;
  test::RandomTraces source(2, {.spans_max = 2, .hostile = 0.1});
  std::vector<Piece> pieces;
  for (int i = 0; i < 3; ++i) sample.traces.push_back(source.next());
  for (const auto& trace : sample.traces) pieces.push_back({&trace, 5});
  io::MemoryFileSystem files;
  EXPECT_TRUE(files.make_dirs("d"));
  EXPECT_TRUE(write_part(files, "d/1.part", pieces, {}));
  auto file = files.open_read("d/1.part");
  sample.bytes = *(*file)->read_at(0, *(*file)->size());
  const auto part = open_bytes(sample.bytes);
  for (const auto* text : {"", "key0=v1", "has(key2) duration>1ms"}) {
    sample.filters.push_back(std::get<filter::SpanFilter>(filter::parse(text)));
    EXPECT_TRUE(scan_all(part, sample.filters.back(), sample.matches.emplace_back()));
  }
  EXPECT_TRUE(count_spans(*part, sample.groups));
  return sample;
}

// True if some reader said that the bytes are damaged. What was read without complaint is compared.
bool reports_damage(const Sample& sample, const std::string& bytes) {
  const auto part = open_bytes(bytes);
  if (part == nullptr) return true;
  bool reported = false;
  for (const auto& trace : sample.traces) {
    SpanSet set;
    const bool whole = part->find(trace.id, set).has_value();
    reported = reported || !whole;
    const Trace back = assemble(trace.id, std::move(set));
    EXPECT_TRUE(!whole || back.spans.size() == trace.spans.size());
    for (const auto& span : back.spans) {
      const auto is_it = [&span](const Span& sent) { return equal(sent, span); };
      EXPECT_TRUE(std::any_of(trace.spans.begin(), trace.spans.end(), is_it));
    }
  }
  for (std::size_t i = 0; i < sample.filters.size(); ++i) {
    std::vector<Match> matches;
    const bool whole = scan_all(part, sample.filters[i], matches);
    reported = reported || !whole;
    const auto& wanted = sample.matches[i];
    EXPECT_TRUE(!whole || std::equal(matches.begin(), matches.end(), wanted.begin(), wanted.end(), same));
  }
  std::uint64_t groups = 0;
  const bool counted = count_spans(*part, groups);
  EXPECT_TRUE(!counted || groups == sample.groups);
  return reported || !counted;
}

TEST(PartCorruption, EveryTruncationIsReported) {
  const Sample sample = make_sample();
  for (std::size_t length = 0; length < sample.bytes.size(); ++length) {
    EXPECT_TRUE(reports_damage(sample, sample.bytes.substr(0, length))) << length;
  }
}

TEST(PartCorruption, EveryFlippedBitIsReportedOrHarmless) {
  const Sample sample = make_sample();
  std::string bytes = sample.bytes;
  std::size_t silent = 0;
  for (std::size_t at = 0; at < bytes.size() && !::testing::Test::HasFailure(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      silent += reports_damage(sample, bytes) ? 0U : 1U;
      bytes[at] = sample.bytes[at];
    }
  }
  // Nobody needs the magic at the head, and these readers did not ask for every filter.
  EXPECT_LT(silent, bytes.size() * 8 / 8);
}

}  // namespace
}  // namespace filo::parts
