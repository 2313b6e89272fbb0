// ContextStack: what is open in one thread, innermost last, and so what its current context is. Spans may end in any
// order and in any thread: one that ends below others stays until they have ended too, and a context never comes back
// after its span has ended.
//
// The owning thread opens and asks; any thread may close. Levels beyond the limit are not kept: what is opened there
// does not become current.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "filo/context.h"

namespace filo::sdk {

class ContextStack {
 public:
  using Place = detail::OpenPlace;  // none when its serial is 0

  const Context& current() noexcept {
    while (depth_ > 0 && levels_[depth_ - 1].open_serial.load(std::memory_order_acquire) == 0) drop_innermost();
    return current_;
  }
  // After current().
  Place open(const Context& context) noexcept {
    if (depth_ == levels_.size()) return {};
    Level& level = levels_[depth_];
    level.before = current_;
    level.open_serial.store(++last_serial_, std::memory_order_relaxed);
    current_ = context;
    return {this, last_serial_, depth_++};
  }
  // Once for each place, in the thread that owns `own` (which may be null), whichever stack it is of.
  static void close(const Place& place, ContextStack* own) noexcept {
    if (place.serial == 0) return;
    std::atomic<std::uint64_t>& open_serial = of(place).levels_[place.level].open_serial;
    std::uint64_t expected = place.serial;  // another one by now when close_all_from() was faster
    if (place.stack != own) {
      open_serial.compare_exchange_strong(expected, 0, std::memory_order_acq_rel);
    } else if (open_serial.load(std::memory_order_relaxed) == expected) {
      // Only the owner opens levels, so nothing comes between.
      if (place.level + 1 == own->depth_) {
        own->drop_innermost();
      } else {
        open_serial.store(0, std::memory_order_relaxed);
      }
    }
  }
  // In the owning thread: closes the place and whatever was opened in it.
  static void close_all_from(const Place& place) noexcept {
    if (place.serial == 0 || of(place).levels_[place.level].open_serial.load() != place.serial) return;
    while (of(place).depth_ > place.level) of(place).drop_innermost();
  }
  void clear() noexcept {
    while (depth_ > 0) drop_innermost();
    current_ = Context{};
  }

 private:
  struct Level {
    std::atomic<std::uint64_t> open_serial = 0;
    Context before;
  };

  static ContextStack& of(const Place& place) noexcept { return *static_cast<ContextStack*>(place.stack); }

  void drop_innermost() noexcept {
    Level& level = levels_[--depth_];
    level.open_serial.store(0, std::memory_order_relaxed);
    current_ = level.before;
  }

  Context current_;
  std::uint32_t depth_ = 0;
  std::uint64_t last_serial_ = 0;
  std::array<Level, 64> levels_;
};

}  // namespace filo::sdk
