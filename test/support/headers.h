// Headers as tests write them and look at them: owned, in order.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "propagation/format.h"

namespace filo::test {

class Headers final : public propagation::HeaderReader, public propagation::HeaderWriter {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Headers() = default;
  Headers(Pairs pairs) : pairs_(std::move(pairs)) {}  // NOLINT: a test says {{"name", "value"}}

  void for_each(propagation::HeaderVisitor visit) const override {
    for (const auto& [name, value] : pairs_) visit(name, value);
  }
  void set(std::string_view name, std::string_view value) override { pairs_.emplace_back(name, value); }

  const Pairs& pairs() const { return pairs_; }
  // Without regard to order and to the case of names.
  Pairs sorted() const {
    Pairs sorted = pairs_;
    for (auto& [name, value] : sorted) {
      for (char& c : name) c = propagation::lower(c);
    }
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  std::string operator[](std::string_view name) const {
    const std::string_view found = find(name);
    return found.data() == nullptr ? "(none)" : std::string(found);
  }

 private:
  Pairs pairs_;
};

// A context with all that it points into.
struct ReadContext {
  Headers headers;
  std::unique_ptr<std::array<char, propagation::scratch_bytes>> memory =
      std::make_unique<std::array<char, propagation::scratch_bytes>>();
  propagation::Scratch scratch{*memory};
  propagation::Context context;
  propagation::Extraction result = propagation::Extraction::absent;

  const propagation::Context* operator->() const { return &context; }
  bool taken() const { return result == propagation::Extraction::taken; }
  std::string baggage(std::string_view key) const {
    const auto* item = context.baggage.find(key);
    return item == nullptr ? "(none)" : std::string(item->value);
  }
};

// By anything that extracts: a format or a propagator.
template <typename Extractor>
ReadContext read(const Extractor& extractor, Headers headers) {
  ReadContext read;
  read.headers = std::move(headers);
  read.result = extractor.extract(read.headers, read.scratch, read.context);
  return read;
}

template <typename Injector>
Headers write(const Injector& injector, const propagation::Context& context, bool all = true) {
  auto memory = std::make_unique<std::array<char, propagation::scratch_bytes>>();
  propagation::Scratch scratch(*memory);
  Headers headers;
  if (injector.inject(context, scratch, headers) != all)
    headers.set("inject", all ? "left something out" : "wrote all");
  return headers;
}

}  // namespace filo::test
