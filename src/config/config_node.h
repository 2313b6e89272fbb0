// ConfigNode: YAML as typed, checked values. Every read names its key; problems are collected with their paths, not
// returned one by one, so that a person sees all of them at once. Keys that nobody asked for are problems too, with the
// nearest known name.
//
// Use: parse a document, read values with defaults, call finish(), look at problems(). One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace filo::config {

// Environment variables for ${NAME} in values; a constructor argument so that tests own it.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual const char* find(const char* name) const = 0;  // null when unset
};

class ConfigNode;

class ConfigDocument {
 public:
  // An empty text is an empty document. `source` is for messages: the file's path.
  static Result<std::unique_ptr<ConfigDocument>> parse(std::string_view yaml, std::string source,
                                                       const Environment& environment);
  ~ConfigDocument();

  ConfigNode root();
  // Reports keys that were never read. Call once, when everything has been.
  void finish();
  // "filo.yaml:12: receivers.otlp_http.port: 99999 is not between 0 and 65535"
  const std::vector<std::string>& problems() const { return problems_; }
  void add_problem(const std::string& path, int line, const std::string& what);

 private:
  friend class ConfigNode;
  struct Tree;
  ConfigDocument();
  std::unique_ptr<Tree> tree_;
  std::string source_;
  std::vector<std::string> problems_;
};

// A mapping at a path; may be absent, then every read gives its default. Valid as long as its document.
class ConfigNode {
 public:
  ConfigNode child(std::string_view key);
  bool is_present() const;

  std::string text(std::string_view key, std::string_view fallback);
  bool flag(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max);
  double number(std::string_view key, double fallback, double min, double max);
  Duration duration(std::string_view key, Duration fallback, Duration min, Duration max);  // "5s", "250ms"
  std::uint64_t bytes(std::string_view key, std::uint64_t fallback, std::uint64_t min, std::uint64_t max);  // "64MiB"
  std::string choice(std::string_view key, std::string_view fallback, const std::vector<std::string>& choices);
  std::vector<std::string> list(std::string_view key, const std::vector<std::string>& fallback);

  const std::string& path() const { return path_; }

 private:
  friend class ConfigDocument;
  ConfigNode(ConfigDocument& document, std::size_t node, std::string path)
      : document_(&document), node_(node), path_(std::move(path)) {}
  struct Scalar;
  Scalar scalar(std::string_view key);
  void problem(std::string_view key, int line, const std::string& what);

  ConfigDocument* document_;
  std::size_t node_;  // into the document's tree
  std::string path_;
};

// Text forms, for those who print configuration: "5s", "64MiB".
std::string duration_text(Duration duration);
std::string bytes_text(std::uint64_t bytes);
std::optional<Duration> parse_duration(std::string_view text);
std::optional<std::uint64_t> parse_bytes(std::string_view text);  // 1024, 64KiB, 1.5GiB, 10GB
// The candidate closest to `word` by edit distance, if close enough to be meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace filo::config
