// StringTable: gives equal strings one number, in the order of their first coming. Owns copies. One thread; bounded by
// its user, who looks at size() and bytes().
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/short_text.h"

namespace filo::parts {

class StringTable {
 public:
  // `hash` is the hash64() of the text.
  std::uint32_t intern(std::string_view text, std::uint64_t hash) {
    if (entries_.size() * 2 >= slots_.size()) grow();
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].number != 0; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t code = slots_[at].number - 1;
      if (slots_[at].tag == tag && equal_short(entries_[code], text)) return code;
    }
    entries_.push_back(arena_.copy(text));
    hashes_.push_back(hash);
    slots_[at] = {tag, static_cast<std::uint32_t>(entries_.size())};
    return slots_[at].number - 1;
  }

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return arena_.bytes(); }
  std::span<const std::string_view> entries() const { return entries_; }

  // Forgets all but the first `size`; their memory stays until the table goes.
  void truncate(std::size_t size) {
    entries_.resize(size);
    hashes_.resize(size);
    rebuild(slots_.size());
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;     // of the hash, the half that does not choose the slot
    std::uint32_t number = 0;  // code + 1, or 0
  };

  void grow() { rebuild(slots_.empty() ? 64 : slots_.size() * 2); }
  void rebuild(std::size_t slots) {
    slots_.assign(slots, Slot());
    for (std::size_t code = 0; code < entries_.size(); ++code) {
      std::size_t at = hashes_[code] & (slots - 1);
      while (slots_[at].number != 0) at = (at + 1) & (slots - 1);
      slots_[at] = {static_cast<std::uint32_t>(hashes_[code] >> 32U), static_cast<std::uint32_t>(code + 1)};
    }
  }

  Arena arena_;
  std::vector<std::string_view> entries_;
  std::vector<std::uint64_t> hashes_;
  std::vector<Slot> slots_;
};

}  // namespace filo::parts
