// GroupTable: counts spans that are alike (layout.h: Group) while a part is written, up to a number of groups. One
// thread.
#pragma once

#include <vector>

#include "base/hash.h"
#include "parts/layout.h"

namespace filo::parts {

class GroupTable {
 public:
  explicit GroupTable(std::size_t groups_max) : groups_max_(groups_max), slots_(64, 0) {}

  void count(const Group& like) {
    if (!whole_) return;
    for (std::size_t at = hash(like) & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == 0) return add(like, at);
      Group& group = groups_[slots_[at] - 1];
      if (alike(group, like)) {
        ++group.spans;
        return;
      }
    }
  }
  // From now on nothing is known.
  void give_up() {
    whole_ = false;
    groups_.clear();
  }
  bool is_whole() const { return whole_; }
  std::vector<Group> take() { return std::move(groups_); }

 private:
  static std::uint64_t hash(const Group& g) {
    return mix64(mix64(mix64(g.resource | std::uint64_t{g.scope} << 32U) ^ g.name) ^ (g.shape << 8U | g.kind));
  }
  static bool alike(const Group& a, const Group& b) {
    return a.resource == b.resource && a.scope == b.scope && a.name == b.name && a.shape == b.shape && a.kind == b.kind;
  }
  void add(const Group& like, std::size_t at) {
    if (groups_.size() >= groups_max_) return give_up();
    groups_.push_back(like);
    groups_.back().spans = 1;
    slots_[at] = static_cast<std::uint32_t>(groups_.size());
    if (groups_.size() * 2 < slots_.size()) return;
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      std::size_t free = hash(groups_[i]) & (slots_.size() - 1);
      while (slots_[free] != 0) free = (free + 1) & (slots_.size() - 1);
      slots_[free] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::size_t groups_max_;
  bool whole_ = true;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> slots_;  // number + 1, or 0
};

}  // namespace filo::parts
