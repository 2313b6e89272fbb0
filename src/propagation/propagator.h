// Propagator: the formats that a process reads, in order, and those it writes. Put together once, then shared by all
// threads.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "propagation/format.h"

namespace filo::propagation {

class Propagator {
 public:
  static constexpr std::size_t formats_max = 16;

  // The format outlives the propagator. False when there are too many.
  bool add_extract(const Format& format) { return extract_.add(format); }
  bool add_inject(const Format& format) { return inject_.add(format); }

  // The first format with valid ids says who calls; when none has any, the first with a decision. Baggage is that of
  // all of them, and where a key comes from two formats, the earlier one's. Clears the scratch and sets the whole
  // context. Malformed when a format refused its headers and no other had an identity.
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const;
  // False when a format left something out. Uses what is free of the scratch and gives it back.
  bool inject(const Context& context, const Scratch& scratch, HeaderWriter& headers) const;

 private:
  struct Formats {
    const Format* formats[formats_max] = {};
    std::size_t size = 0;

    bool add(const Format& format) {
      if (size == formats_max) return false;
      formats[size++] = &format;
      return true;
    }
    std::span<const Format* const> all() const { return {formats, size}; }
  };

  Formats extract_;
  Formats inject_;
};

// The formats that come with Filo, in the order in which it is wise to ask for them.
std::span<const Format* const> built_in_formats();
// By Format::name; null when there is none.
const Format* find_built_in_format(std::string_view name);

}  // namespace filo::propagation
