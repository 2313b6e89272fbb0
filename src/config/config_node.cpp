#include "config/config_node.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>

namespace filo::config {

// One entry a mapping that was visited. Node 0 is the root; absent mappings share the entry of an undefined YAML node.
struct ConfigDocument::Tree {
  struct Mapping {
    YAML::Node node;
    std::string path;
    std::set<std::string> known;
    std::map<std::string, std::size_t> children;
  };
  std::vector<Mapping> mappings;
  const Environment* environment = nullptr;
};

struct ConfigNode::Scalar {
  bool is_present = false;
  int line = 0;
  std::string text;
};

namespace {

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

// "${NAME}" and "${NAME:-fallback}" anywhere in a value.
std::optional<std::string> expand(const std::string& text, const Environment& environment, std::string& missing) {
  std::string out;
  std::size_t at = 0;
  for (;;) {
    const std::size_t open = text.find("${", at);
    if (open == std::string::npos) return out + text.substr(at);
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return out + text.substr(at);
    out += text.substr(at, open - at);
    std::string name = text.substr(open + 2, close - open - 2);
    std::optional<std::string> fallback;
    if (const auto colon = name.find(":-"); colon != std::string::npos) {
      fallback = name.substr(colon + 2);
      name.resize(colon);
    }
    if (const char* value = environment.find(name.c_str())) {
      out += value;
    } else if (fallback) {
      out += *fallback;
    } else {
      missing = name;
      return std::nullopt;
    }
    at = close + 1;
  }
}

}  // namespace

ConfigDocument::ConfigDocument() : tree_(std::make_unique<Tree>()) {}
ConfigDocument::~ConfigDocument() = default;

Result<std::unique_ptr<ConfigDocument>> ConfigDocument::parse(std::string_view yaml, std::string source,
                                                              const Environment& environment) {
  std::unique_ptr<ConfigDocument> document(new ConfigDocument());
  document->source_ = std::move(source);
  document->tree_->environment = &environment;
  YAML::Node root;
  try {
    root = YAML::Load(std::string(yaml));
  } catch (const YAML::Exception& e) {
    return Error{ErrorCode::invalid_argument,
                 document->source_ + ":" + std::to_string(e.mark.line + 1) + ": not valid YAML: " + e.msg};
  }
  if (root.IsDefined() && !root.IsNull() && !root.IsMap()) {
    return Error{ErrorCode::invalid_argument, document->source_ + ": the top level must be a mapping of sections"};
  }
  document->tree_->mappings.push_back({root, "", {}, {}});
  return document;
}

ConfigNode ConfigDocument::root() { return ConfigNode(*this, 0, ""); }

void ConfigDocument::add_problem(const std::string& path, int line, const std::string& what) {
  std::string where = source_.empty() ? std::string("config") : source_;
  if (line > 0) where += ":" + std::to_string(line);
  problems_.push_back(where + ": " + (path.empty() ? "" : path + ": ") + what);
}

void ConfigDocument::finish() {
  for (const auto& mapping : tree_->mappings) {
    if (!mapping.node.IsMap()) continue;
    for (const auto& entry : mapping.node) {
      const std::string key = entry.first.Scalar();
      if (mapping.known.contains(key)) continue;
      std::string what = "unknown key";
      const std::vector<std::string> known(mapping.known.begin(), mapping.known.end());
      if (const auto meant = nearest(key, known)) {
        what += "; did you mean '" + *meant + "'?";
      } else if (!known.empty()) {
        what += "; known here: ";
        for (std::size_t i = 0; i < known.size(); ++i) what += (i > 0 ? ", " : "") + known[i];
      }
      add_problem(joined(mapping.path, key), entry.first.Mark().line + 1, what);
    }
  }
}

ConfigNode ConfigNode::child(std::string_view key) {
  auto& mappings = document_->tree_->mappings;
  const std::string name(key);
  mappings[node_].known.insert(name);
  if (const auto found = mappings[node_].children.find(name); found != mappings[node_].children.end()) {
    return ConfigNode(*document_, found->second, joined(path_, key));
  }
  YAML::Node node(YAML::NodeType::Undefined);
  if (mappings[node_].node.IsMap()) {
    const YAML::Node present = std::as_const(mappings[node_].node)[name];
    if (present.IsDefined() && !present.IsNull()) {
      if (present.IsMap()) {
        node.reset(present);
      } else {
        problem(key, present.Mark().line + 1, "must be a mapping");
      }
    }
  }
  const std::size_t index = mappings.size();
  mappings[node_].children[name] = index;
  mappings.push_back({node, joined(path_, key), {}, {}});
  return ConfigNode(*document_, index, joined(path_, key));
}

bool ConfigNode::is_present() const { return document_->tree_->mappings[node_].node.IsMap(); }

void ConfigNode::problem(std::string_view key, int line, const std::string& what) {
  document_->add_problem(joined(path_, key), line, what);
}

ConfigNode::Scalar ConfigNode::scalar(std::string_view key) {
  auto& mapping = document_->tree_->mappings[node_];
  mapping.known.insert(std::string(key));
  Scalar out;
  if (!mapping.node.IsMap()) return out;
  const YAML::Node node = std::as_const(mapping.node)[std::string(key)];
  if (!node.IsDefined() || node.IsNull()) return out;
  out.line = node.Mark().line + 1;
  if (!node.IsScalar()) {
    problem(key, out.line, "must be a single value");
    return out;
  }
  std::string missing;
  if (auto expanded = expand(node.Scalar(), *document_->tree_->environment, missing)) {
    out.text = std::move(*expanded);
    out.is_present = true;
  } else {
    problem(key, out.line, "the environment variable " + missing + " is not set");
  }
  return out;
}

std::string ConfigNode::text(std::string_view key, std::string_view fallback) {
  const Scalar value = scalar(key);
  return value.is_present ? value.text : std::string(fallback);
}

bool ConfigNode::flag(std::string_view key, bool fallback) {
  const Scalar value = scalar(key);
  if (!value.is_present) return fallback;
  if (value.text == "true" || value.text == "yes" || value.text == "on") return true;
  if (value.text == "false" || value.text == "no" || value.text == "off") return false;
  problem(key, value.line, "'" + value.text + "' is neither true nor false");
  return fallback;
}

std::int64_t ConfigNode::integer(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  const Scalar value = scalar(key);
  if (!value.is_present) return fallback;
  std::int64_t parsed = 0;
  const char* end = value.text.data() + value.text.size();
  const auto result = std::from_chars(value.text.data(), end, parsed);
  if (result.ec != std::errc() || result.ptr != end) {
    problem(key, value.line, "'" + value.text + "' is not a whole number");
    return fallback;
  }
  if (parsed < min || parsed > max) {
    problem(key, value.line, value.text + " is not between " + std::to_string(min) + " and " + std::to_string(max));
    return fallback;
  }
  return parsed;
}

double ConfigNode::number(std::string_view key, double fallback, double min, double max) {
  const Scalar value = scalar(key);
  if (!value.is_present) return fallback;
  double parsed = 0;
  const char* end = value.text.data() + value.text.size();
  const auto result = std::from_chars(value.text.data(), end, parsed);
  if (result.ec != std::errc() || result.ptr != end || !(parsed >= min && parsed <= max)) {
    problem(key, value.line,
            "'" + value.text + "' is not a number between " + std::to_string(min) + " and " + std::to_string(max));
    return fallback;
  }
  return parsed;
}

Duration ConfigNode::duration(std::string_view key, Duration fallback, Duration min, Duration max) {
  const Scalar value = scalar(key);
  if (!value.is_present) return fallback;
  const auto parsed = parse_duration(value.text);
  if (!parsed) {
    problem(key, value.line, "'" + value.text + "' is not a duration such as 5s, 250ms or 1h30m");
    return fallback;
  }
  if (*parsed < min || *parsed > max) {
    problem(key, value.line, value.text + " is not between " + duration_text(min) + " and " + duration_text(max));
    return fallback;
  }
  return *parsed;
}

std::uint64_t ConfigNode::bytes(std::string_view key, std::uint64_t fallback, std::uint64_t min, std::uint64_t max) {
  const Scalar value = scalar(key);
  if (!value.is_present) return fallback;
  const auto parsed = parse_bytes(value.text);
  if (!parsed) {
    problem(key, value.line, "'" + value.text + "' is not a size such as 512MiB, 4GiB or 10GB");
    return fallback;
  }
  if (*parsed < min || *parsed > max) {
    problem(key, value.line, value.text + " is not between " + bytes_text(min) + " and " + bytes_text(max));
    return fallback;
  }
  return *parsed;
}

std::string ConfigNode::choice(std::string_view key, std::string_view fallback,
                               const std::vector<std::string>& choices) {
  const Scalar value = scalar(key);
  if (!value.is_present) return std::string(fallback);
  if (std::find(choices.begin(), choices.end(), value.text) != choices.end()) return value.text;
  std::string what = "'" + value.text + "' is not one of ";
  for (std::size_t i = 0; i < choices.size(); ++i) what += (i > 0 ? ", " : "") + choices[i];
  problem(key, value.line, what);
  return std::string(fallback);
}

std::vector<std::string> ConfigNode::list(std::string_view key, const std::vector<std::string>& fallback) {
  auto& mapping = document_->tree_->mappings[node_];
  mapping.known.insert(std::string(key));
  if (!mapping.node.IsMap()) return fallback;
  const YAML::Node node = std::as_const(mapping.node)[std::string(key)];
  if (!node.IsDefined() || node.IsNull()) return fallback;
  if (!node.IsSequence()) {
    problem(key, node.Mark().line + 1, "must be a list");
    return fallback;
  }
  std::vector<std::string> out;
  for (const auto& item : node) {
    if (!item.IsScalar()) {
      problem(key, item.Mark().line + 1, "must be a list of single values");
      return fallback;
    }
    std::string missing;
    if (auto expanded = expand(item.Scalar(), *document_->tree_->environment, missing)) {
      out.push_back(std::move(*expanded));
    } else {
      problem(key, item.Mark().line + 1, "the environment variable " + missing + " is not set");
    }
  }
  return out;
}

}  // namespace filo::config
