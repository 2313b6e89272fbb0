// Scratch: memory that the caller lends for texts that a header does not spell out: decoded when a context is read,
// encoded when one is written. Nothing here allocates; what does not fit is refused.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "propagation/text.h"

namespace filo::propagation {

// Enough for every header that the formats here accept at once with full baggage.
inline constexpr std::size_t scratch_bytes = std::size_t{16} << 10;

// Views into it live until it is cleared or its memory goes.
class Scratch {
 public:
  explicit Scratch(std::span<char> memory)
      : begin_(memory.data()), at_(memory.data()), end_(memory.data() + memory.size()) {}

  void clear() { at_ = begin_; }
  char* free() const { return at_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  // REQUIRES: size <= left().
  std::string_view keep(std::size_t size) {
    const std::string_view kept(at_, size);
    at_ += size;
    return kept;
  }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

// One text at a time, written at the free end of a scratch and given up unless kept. The first thing that does not fit
// makes ok() false for good.
class ScratchText {
 public:
  explicit ScratchText(Scratch& scratch) : scratch_(scratch), at_(scratch.free()) {}
  ScratchText(const ScratchText&) = delete;
  ScratchText& operator=(const ScratchText&) = delete;

  ScratchText& add(char c) {
    if (room(1)) *at_++ = c;
    return *this;
  }
  ScratchText& add(std::string_view text) {
    if (text.empty() || !room(text.size())) return *this;
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  ScratchText& add_hex(std::uint64_t value);  // 16 lower-case digits
  ScratchText& add_decimal(std::int64_t value);
  // Percent-encodes '%' and what is not of `plain`.
  ScratchText& add_percent(std::string_view text, Letters plain);
  // Percent-encodes "%&=" alone, as SOFATracer escapes.
  ScratchText& add_escaped(std::string_view text);
  ScratchText& add_base64(std::string_view text);

  bool ok() const { return !failed_; }
  std::size_t size() const { return static_cast<std::size_t>(at_ - scratch_.free()); }
  std::string_view view() const { return {scratch_.free(), size()}; }
  // Back to an earlier size, also after something did not fit.
  void cut(std::size_t size) {
    at_ = scratch_.free() + size;
    failed_ = false;
  }
  // The text outlives this object. REQUIRES: ok(), and nothing is added later.
  std::string_view keep() { return scratch_.keep(size()); }

 private:
  template <typename IsPlain>
  ScratchText& add_encoded(std::string_view text, IsPlain is_plain);
  bool room(std::size_t size) {
    if (failed_ || scratch_.left() - this->size() < size) failed_ = true;
    return !failed_;
  }

  Scratch& scratch_;
  char* at_;
  bool failed_ = false;
};

enum class Plus : std::uint8_t { itself, space };

// "%41" becomes 'A'; an escape that is none stays as it is. The text itself when there is nothing to decode; nothing
// when the scratch is full.
std::optional<std::string_view> percent_decoded(std::string_view text, Plus plus, Scratch& scratch);
// Standard alphabet, padded. Nothing when it is not that, or the scratch is full.
std::optional<std::string_view> base64_decoded(std::string_view text, Scratch& scratch);
// Each byte that is not part of well-formed UTF-8 becomes U+FFFD. Nothing when the scratch is full.
std::optional<std::string_view> well_formed_utf8(std::string_view text, Scratch& scratch);

}  // namespace filo::propagation
