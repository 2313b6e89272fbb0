#include <gtest/gtest.h>

#include "config/config_node.h"

namespace filo::config {
namespace {

using namespace std::chrono_literals;

class FixedEnvironment final : public Environment {
 public:
  const char* find(const char* name) const override { return std::string_view(name) == "PORT" ? "4321" : nullptr; }
};

std::unique_ptr<ConfigDocument> parse(std::string_view yaml) {
  static const FixedEnvironment environment;
  auto document = ConfigDocument::parse(yaml, "filo.yaml", environment);
  EXPECT_TRUE(document.has_value());
  return std::move(*document);
}

TEST(Config, ReadsTypedValuesAndDefaults) {
  auto document = parse(
      "receivers:\n  otlp_http:\n    port: ${PORT}\n    enabled: no\n    idle: 1m30s\n    size: 1.5MiB\n"
      "    origins: [a, '${PORT}']\nratio: 0.5\n");
  auto http = document->root().child("receivers").child("otlp_http");
  EXPECT_EQ(http.integer("port", 4318, 0, 65535), 4321);
  EXPECT_FALSE(http.flag("enabled", true));
  EXPECT_EQ(http.duration("idle", 5s, 0s, 1h), 90s);
  EXPECT_EQ(http.bytes("size", 1, 0, 1U << 30), 1'572'864U);
  EXPECT_EQ(http.list("origins", {}), (std::vector<std::string>{"a", "4321"}));
  EXPECT_EQ(http.text("address", "127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(document->root().number("ratio", 0, 0, 1), 0.5);
  EXPECT_FALSE(document->root().child("absent").is_present());
  document->finish();
  EXPECT_TRUE(document->problems().empty());
}

TEST(Config, CollectsEveryProblemWithItsPlace) {
  auto document = parse(
      "window:\n  idle: soon\n  bytes_maxx: 1GiB\nreceivers:\n  otlp_http: 5\nport: 99999\nmode: nver\nname: "
      "${ABSENT}\n");
  auto root = document->root();
  root.child("window").duration("idle", 5s, 1s, 1h);
  root.child("window").bytes("bytes_max", 1, 0, 10);
  root.child("receivers").child("otlp_http").integer("port", 1, 0, 65535);
  root.integer("port", 1, 0, 65535);
  root.choice("mode", "never", {"never", "always"});
  root.text("name", "");
  document->finish();
  EXPECT_EQ(document->problems(), (std::vector<std::string>{
                                      "filo.yaml:2: window.idle: 'soon' is not a duration such as 5s, 250ms or 1h30m",
                                      "filo.yaml:5: receivers.otlp_http: must be a mapping",
                                      "filo.yaml:6: port: 99999 is not between 0 and 65535",
                                      "filo.yaml:7: mode: 'nver' is not one of never, always",
                                      "filo.yaml:8: name: the environment variable ABSENT is not set",
                                      "filo.yaml:3: window.bytes_maxx: unknown key; did you mean 'bytes_max'?",
                                  }));
}

TEST(Config, MalformedYamlSaysWhere) {
  const FixedEnvironment environment;
  const auto document = ConfigDocument::parse("a: [1\nb: 2", "x.yaml", environment);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().message.substr(0, 7), "x.yaml:");
  EXPECT_FALSE(ConfigDocument::parse("- a\n", "x.yaml", environment).has_value());
}

TEST(Units, RoundTrip) {
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(Duration(7 * 24h)), "7d");
  EXPECT_EQ(parse_duration("7d"), Duration(7 * 24h));
  EXPECT_EQ(parse_duration("1.5ms"), 1500us);
  EXPECT_FALSE(parse_duration("5").has_value());
  EXPECT_FALSE(parse_duration("-5s").has_value());
  EXPECT_EQ(bytes_text(512U << 20), "512MiB");
  EXPECT_EQ(parse_bytes("10GB"), 10'000'000'000U);
  EXPECT_FALSE(parse_bytes("ten").has_value());
}

}  // namespace
}  // namespace filo::config
