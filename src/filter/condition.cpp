// Conditions made and printed.
#include <charconv>

#include "filter/pattern.h"
#include "filter/words.h"

namespace filo::filter {
namespace {

template <typename T>
std::optional<T> whole_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_order(Op op) { return op == Op::greater || op == Op::greater_equal || op == Op::less || op == Op::less_equal; }
bool is_presence(Op op) { return op == Op::exists || op == Op::absent; }
bool is_regex(Op op) { return op == Op::matches || op == Op::not_matches; }

std::string_view word_of(Op op) {
  for (const auto& word : op_words) {
    if (word.op == op) return word.text;
  }
  return op == Op::exists ? "has()" : "!has()";
}
std::string_view word_of(Field field) {
  for (const auto& word : field_words) {
    if (word.field == field) return word.text;
  }
  return "attribute";
}
std::string_view prefix_of(Level level) {
  for (const auto& word : level_words) {
    if (word.level == level) return word.prefix;
  }
  return "";
}

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

// The operand as text, numbers and pattern.
Result<void> set_operand(Condition& condition, std::string_view value) {
  condition.text = value;
  if (is_regex(condition.op)) {
    auto pattern = Pattern::create(value);
    if (!pattern) return pattern.error();
    condition.pattern = *std::move(pattern);
    return {};
  }
  condition.integer = whole_number<std::int64_t>(value);
  condition.number = whole_number<double>(value);
  return {};
}

template <typename Enum>
bool is_name_of(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == text) return true;
  }
  return false;
}

Result<Condition> make_duration_condition(Condition condition, std::string_view value) {
  if (is_regex(condition.op)) return invalid("duration is a number: use = != > >= < <=");
  const auto duration = parse_duration(value);
  if (!duration) return invalid("expected a duration such as 250ms, 1.5s or 800us");
  condition.integer = duration->count();
  condition.number = static_cast<double>(duration->count());
  condition.text = std::to_string(duration->count());
  return condition;
}

Result<void> check_text_field(const Condition& condition, std::string_view value) {
  if (is_order(condition.op)) {
    return invalid(std::string(word_of(condition.field)) + " is text and has no order: use = != =~ !~");
  }
  if (is_regex(condition.op)) return {};
  if (condition.field == Field::kind && !is_name_of(value, SpanKind::consumer)) {
    return invalid("expected a kind: internal, server, client, producer, consumer or unspecified");
  }
  if (condition.field == Field::status && !is_name_of(value, StatusCode::error)) {
    return invalid("expected a status: ok, error or unset");
  }
  return {};
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

// A key that reads as itself without quotes.
bool is_bare_key(Level level, std::string_view key) {
  if (key.empty()) return false;
  for (const char c : key) {
    if (ends_key(c)) return false;
  }
  std::string whole(prefix_of(level));
  whole += key;
  for (const auto& word : field_words) {
    if (word.text == whole) return false;
  }
  if (level != Level::any) return true;
  for (const auto& word : level_words) {
    if (key.starts_with(word.prefix)) return false;
  }
  return true;
}

void append_key(std::string& out, const Condition& condition) {
  if (condition.field != Field::attribute) {
    out += word_of(condition.field);
    return;
  }
  out += prefix_of(condition.level);
  if (is_bare_key(condition.level, condition.key)) {
    out += condition.key;
  } else {
    append_quoted(out, condition.key);
  }
}

void append_value(std::string& out, const Condition& condition) {
  if (condition.field == Field::duration) {
    out.append(condition.text).append("ns");
    return;
  }
  bool bare = !condition.text.empty();
  for (const char c : condition.text) bare = bare && !ends_key(c);
  if (bare) {
    out += condition.text;
  } else {
    append_quoted(out, condition.text);
  }
}

}  // namespace

Result<Condition> make_condition(Field field, Op op, std::string_view value) {
  if (field == Field::attribute) return invalid("an attribute condition needs a key");
  Condition condition;
  condition.field = field;
  condition.op = op;
  if (is_presence(op)) {
    if (field == Field::event_name) return condition;
    return invalid(std::string(word_of(field)) + " is always there: has() is for attributes and event");
  }
  if (field == Field::duration) return make_duration_condition(std::move(condition), value);
  if (auto checked = check_text_field(condition, value); !checked) return checked.error();
  if (auto set = set_operand(condition, value); !set) return set.error();
  return condition;
}

Result<Condition> make_attribute_condition(Level level, std::string_view key, Op op, std::string_view value) {
  Condition condition;
  condition.level = level;
  condition.key = key;
  condition.op = op;
  if (is_presence(op)) return condition;
  if (auto set = set_operand(condition, value); !set) return set.error();
  if (is_order(op) && !condition.number) {
    return invalid("expected a number after " + std::string(word_of(op)));
  }
  return condition;
}

std::string to_text(const SpanFilter& filter) {
  std::string out;
  for (const auto& condition : filter.conditions) {
    if (!out.empty()) out.push_back(' ');
    if (is_presence(condition.op)) {
      out += condition.op == Op::exists ? "has(" : "!has(";
      append_key(out, condition);
      out.push_back(')');
      continue;
    }
    append_key(out, condition);
    out += word_of(condition.op);
    append_value(out, condition);
  }
  return out;
}

}  // namespace filo::filter
