// Arena: memory that is given out in pieces and freed at once. Owns everything a batch points to. Not thread-safe.
// Holds trivially destructible things only, because it runs no destructors.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace filo {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(std::size_t size, std::size_t alignment) {
    const std::size_t aligned = (used_ + alignment - 1) & ~(alignment - 1);
    if (aligned + size <= capacity_) {
      used_ = aligned + size;
      return block_ + aligned;
    }
    return allocate_from_new_block(size);
  }

  template <typename T>
  requires std::is_trivially_destructible_v<T> std::span<T> array(std::size_t count) {
    if (count == 0) return {};
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

  template <typename T>
  requires std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T> std::span<T> copy(
      std::span<const T> values) {
    if (values.empty()) return {};
    T* first = static_cast<T*>(allocate(values.size() * sizeof(T), alignof(T)));
    std::memcpy(static_cast<void*>(first), values.data(), values.size() * sizeof(T));
    return {first, values.size()};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* first = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(first, text.data(), text.size());
    return {first, text.size()};
  }

  // Keeps a string alive as long as the arena, without copying it; returns a view of it.
  std::string_view adopt(std::string&& text) {
    auto owned = std::make_unique<std::string>(std::move(text));
    const std::string_view view = *owned;
    bytes_ += owned->capacity();
    adopted_.push_back(std::move(owned));
    return view;
  }

  // What the arena holds of the machine's memory.
  std::size_t bytes() const { return bytes_; }

 private:
  void* allocate_from_new_block(std::size_t size) {
    constexpr std::size_t block_bytes_min = 4096;
    constexpr std::size_t block_bytes_max = 1U << 20;
    std::size_t next = capacity_ * 2;
    if (next < block_bytes_min) next = block_bytes_min;
    if (next > block_bytes_max) next = block_bytes_max;
    if (size > next / 4) {
      // A large piece gets its own block, so that the rest of the current one is not wasted.
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
      bytes_ += size;
      return blocks_.back().get();
    }
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(next));
    bytes_ += next;
    block_ = blocks_.back().get();
    capacity_ = next;
    used_ = size;
    return block_;
  }

  std::byte* block_ = nullptr;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::vector<std::unique_ptr<std::string>> adopted_;
};

}  // namespace filo
