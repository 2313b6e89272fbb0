#include "filter/words.h"

namespace filo::filter {
namespace {

constexpr std::size_t text_bytes_max = 64U << 10;
constexpr std::size_t conditions_max = 100;

struct Key {
  Field field = Field::attribute;
  Level level = Level::any;
  std::string name;  // of an attribute
};

// Reads from left to right; the first failure is kept with its place and ends everything.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::variant<SpanFilter, ParseError> run() {
    SpanFilter filter;
    for (skip_spaces(); !error_ && at_ < text_.size(); skip_spaces()) {
      if (filter.conditions.size() == conditions_max) {
        fail("too many conditions: at most " + std::to_string(conditions_max), at_);
        break;
      }
      if (auto condition = take_condition()) filter.conditions.push_back(*std::move(condition));
    }
    if (error_) return *std::move(error_);
    return filter;
  }

 private:
  std::nullopt_t fail(std::string message, std::size_t position) {
    if (!error_) error_ = ParseError{std::move(message), position};
    return std::nullopt;
  }
  std::string_view rest() const { return text_.substr(at_); }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::optional<Condition> take_condition() {
    if (take("!has(")) return take_presence(Op::absent);
    if (take("has(")) return take_presence(Op::exists);
    const auto key = take_key();
    if (!key) return std::nullopt;
    skip_spaces();
    const auto op = take_op();
    if (!op) return fail("expected one of = != > >= < <= =~ !~ after the key", at_);
    skip_spaces();
    const std::size_t value_at = at_;
    const auto value = take_value();
    if (!value) return std::nullopt;
    return made(*key, *op, *value, value_at);
  }

  std::optional<Condition> take_presence(Op op) {
    skip_spaces();
    const std::size_t key_at = at_;
    const auto key = take_key();
    if (!key) return std::nullopt;
    skip_spaces();
    if (!take(")")) return fail("expected ) after the key", at_);
    if (at_ < text_.size() && !is_space(text_[at_])) return fail("expected a space after )", at_);
    return made(*key, op, {}, key_at);
  }

  std::optional<Condition> made(const Key& key, Op op, std::string_view value, std::size_t position) {
    auto condition = key.field == Field::attribute ? make_attribute_condition(key.level, key.name, op, value)
                                                   : make_condition(key.field, op, value);
    if (!condition) return fail(condition.error().message, position);
    return *std::move(condition);
  }

  // A field's word, or an attribute key with or without the prefix of its level. Quoted keys are always attributes.
  std::optional<Key> take_key() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_key(text_[at_])) ++at_;
    const std::string_view bare = text_.substr(begin, at_ - begin);
    const bool quoted = rest().starts_with('"');
    Key key;
    if (!quoted) {
      for (const auto& word : field_words) {
        if (bare == word.text) return Key{word.field, Level::any, {}};
      }
    }
    std::string_view name = bare;
    for (const auto& word : level_words) {
      if (!bare.starts_with(word.prefix)) continue;
      key.level = word.level;
      name.remove_prefix(word.prefix.size());
      break;
    }
    if (quoted) {
      if (!name.empty()) return fail("expected an operator, found \"", at_);
      auto text = take_quoted();
      if (!text) return std::nullopt;
      key.name = *std::move(text);
      return key;
    }
    if (bare.empty()) return fail("expected a key such as service, duration or http.route", at_);
    if (name.empty()) return fail("expected an attribute key after " + std::string(bare), at_);
    key.name = name;
    return key;
  }

  std::optional<Op> take_op() {
    for (const auto& word : op_words) {
      if (take(word.text)) return word.op;
    }
    return std::nullopt;
  }

  std::optional<std::string> take_value() {
    if (at_ == text_.size()) return fail("expected a value; write \"\" for an empty one", at_);
    if (text_[at_] == '"') {
      auto value = take_quoted();
      if (value && at_ < text_.size() && !is_space(text_[at_])) return fail("expected a space after the value", at_);
      return value;
    }
    if (is_operator(text_[at_])) {
      return fail("expected a value; put values that begin with an operator between \"", at_);
    }
    const std::size_t begin = at_;
    for (; at_ < text_.size() && !is_space(text_[at_]); ++at_) {
      if (text_[at_] == '"') return fail("expected no \" inside a value; put the whole value between \"", at_);
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  // \" and \\ stand for " and \; any other backslash is itself, so that "\d+" is the expression it looks like.
  std::optional<std::string> take_quoted() {
    const std::size_t begin = at_++;
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\' && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\\')) {
        out.push_back(text_[at_++]);
      } else {
        out.push_back(c);
      }
    }
    return fail("expected a closing \" for this one", begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<ParseError> error_;
};

}  // namespace

std::variant<SpanFilter, ParseError> parse(std::string_view text) {
  if (text.size() > text_bytes_max) {
    return ParseError{"the filter is too long: at most " + std::to_string(text_bytes_max) + " bytes", text_bytes_max};
  }
  return Parser(text).run();
}

}  // namespace filo::filter
