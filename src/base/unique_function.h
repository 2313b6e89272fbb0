// UniqueFunction<R(Args…)>: std::move_only_function (C++23) for C++20; holds callables that own move-only things.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace filo {

template <typename Signature>
class UniqueFunction;

template <typename R, typename... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;

  template <typename F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction>) UniqueFunction(F&& function)
      : callee_(std::make_unique<Holder<std::remove_cvref_t<F>>>(std::forward<F>(function))) {}

  explicit operator bool() const { return callee_ != nullptr; }
  R operator()(Args... args) {
    CHECK(callee_ != nullptr);
    return callee_->call(std::forward<Args>(args)...);
  }

 private:
  struct Callee {
    virtual ~Callee() = default;
    virtual R call(Args... args) = 0;
  };
  template <typename F>
  struct Holder final : Callee {
    explicit Holder(F f) : function(std::move(f)) {}
    R call(Args... args) override { return function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<Callee> callee_;
};

}  // namespace filo
