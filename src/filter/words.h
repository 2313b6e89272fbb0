// The words of the filter language; what parsing and printing share.
#pragma once

#include <array>
#include <string_view>

#include "filter/span_filter.h"

namespace filo::filter {

struct FieldWord {
  std::string_view text;
  Field field;
};
inline constexpr std::array field_words{
    FieldWord{"service", Field::service},
    FieldWord{"operation", Field::operation},
    FieldWord{"kind", Field::kind},
    FieldWord{"status", Field::status},
    FieldWord{"duration", Field::duration},
    FieldWord{"scope.name", Field::scope_name},
    FieldWord{"scope.version", Field::scope_version},
    FieldWord{"event", Field::event_name},
};

struct LevelWord {
  std::string_view prefix;
  Level level;
};
inline constexpr std::array level_words{
    LevelWord{"span.", Level::span},
    LevelWord{"resource.", Level::resource},
    LevelWord{"scope.", Level::scope},
    LevelWord{"event.", Level::event},
};

struct OpWord {
  std::string_view text;
  Op op;
};
// Longer ones first. The first word of an operator is the one that is printed.
inline constexpr std::array op_words{
    OpWord{"!=", Op::not_equal}, OpWord{">=", Op::greater_equal}, OpWord{"<=", Op::less_equal},
    OpWord{"=~", Op::matches},   OpWord{"!~", Op::not_matches},   OpWord{"=", Op::equal},
    OpWord{":", Op::equal},      OpWord{">", Op::greater},        OpWord{"<", Op::less},
};

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// What ends a key that is not quoted.
constexpr bool ends_key(char c) {
  return is_space(c) || c == '=' || c == '!' || c == '<' || c == '>' || c == ':' || c == '~' || c == '"' || c == '(' ||
         c == ')' || c == '\\';
}
// What a value that is not quoted may not begin with: more likely a slip of the finger than a value.
constexpr bool is_operator(char c) { return c == '=' || c == '!' || c == '<' || c == '>' || c == ':' || c == '~'; }

}  // namespace filo::filter
