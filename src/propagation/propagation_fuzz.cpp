#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "propagation/propagator.h"

namespace {

using namespace filo::propagation;

// One header a line, the name before the first tab.
class Lines final : public HeaderReader {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  void for_each(HeaderVisitor visit) const override {
    std::string_view rest = text_;
    while (!rest.empty()) {
      std::string_view value = take_until(rest, '\n');
      const std::string_view name = take_until(value, '\t');
      visit(name, value);
    }
  }

 private:
  std::string_view text_;
};

// What was written, as Lines read it. Bounded; a header that does not fit is not there.
class WrittenLines final : public HeaderWriter {
 public:
  void set(std::string_view name, std::string_view value) override {
    CHECK(is_safe_name(name));
    CHECK(is_safe_value(value));
    if (sizeof(text_) - size_ < name.size() + value.size() + 2) return;
    add(name);
    add("\t");
    add(value);
    add("\n");
  }
  std::string_view view() const { return {text_, size_}; }

 private:
  void add(std::string_view part) {
    if (!part.empty()) std::memcpy(text_ + size_, part.data(), part.size());
    size_ += part.size();
  }

  char text_[1 << 16];
  std::size_t size_ = 0;
};

}  // namespace

// Whatever the headers: reading ends, what is written is one header each, and what was written reads as the same
// request and writes itself again, byte for byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Lines headers(std::string_view(reinterpret_cast<const char*>(data), size));
  static char memory[2][scratch_bytes];
  for (const Format* format : built_in_formats()) {
    Scratch scratch(memory[0]);
    Context context;
    const Extraction result = format->extract(headers, scratch, context);
    CHECK(result == Extraction::taken || !context.has_ids());
    CHECK(context.baggage.size() <= Baggage::items_max);
    WrittenLines first;
    format->inject(context, scratch, first);

    Scratch scratch_again(memory[1]);
    Context again;
    const Extraction result_again = format->extract(Lines(first.view()), scratch_again, again);
    if (context.has_ids() && result_again == Extraction::taken) {
      CHECK(again.trace_id == context.trace_id);
      CHECK(again.span_id == context.span_id);
    }
    WrittenLines second;
    format->inject(again, scratch_again, second);
    CHECK(second.view() == first.view());
  }
  Propagator propagator;
  for (const Format* format : built_in_formats()) propagator.add_extract(*format);
  Scratch scratch(memory[0]);
  Context context;
  CHECK((propagator.extract(headers, scratch, context) == Extraction::taken) || !context.has_ids());
  return 0;
}
