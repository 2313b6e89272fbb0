// Built as the client library builds its sources: without exceptions and RTTI, and with no test framework that brings
// them. Fails when reading or writing any format allocates.
#include <cstdio>
#include <cstdlib>
#include <new>

#include "propagation/propagator.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// Not inlined, or the compiler takes the pair for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace filo::propagation;

class Discarded final : public HeaderWriter {
 public:
  void set(std::string_view, std::string_view value) override { bytes += value.size(); }
  std::size_t bytes = 0;
};

constexpr Header headers[] = {
    {"Host", "shop"},
    {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"},
    {"tracestate", "a=1"},
    {"tracestate", "b=2"},
    {"baggage", "k=%E6%9D%8E;p=1, bad, k2=%ff"},
    {"b3", "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1"},
    {"uber-trace-id", "4bf92f3577b34da6a3ce929d0e0e4736%3A00f067aa0ba902b7%3A0%3A1"},
    {"uberctx-user", "%E6%9D%8E"},
    {"jaeger-baggage", "a=b"},
    {"sw8", "1-YS5i-c2Vn-2-c3ctZnJvbnRlbmQ=-ZmUtMQ==-L2NoYXJnZQ==-cGF5bWVudC5sb2NhbDo5MDkw"},
    {"sw8-correlation", "azE=:djE="},
    {"EagleEye-TraceID", "0a67793015313127251908120e23db"},
    {"EagleEye-UserData", "x=y&z=1"},
    {"sftc_head", "tcid=0ad1348f1403169275002100356696&spid=0.1&pspid=0&sample=true&_sys_a=b&c=%253D&"},
    {"baggage-x", "y"},
};

bool check(bool right, const char* what) {
  if (!right) std::fprintf(stderr, "failed: %s\n", what);
  return right;
}

}  // namespace

int main() {
  bool right = true;
  static char memory[scratch_bytes];
  for (const Format* format : built_in_formats()) {
    const std::size_t before = allocations;
    Scratch scratch(memory);
    Context context;
    const Extraction result = format->extract(HeaderList(headers), scratch, context);
    context.service = context.instance = context.endpoint = context.address = "s";
    Discarded written;
    format->inject(context, scratch, written);
    right &= check(allocations == before, "nothing is allocated");
    if (result == Extraction::taken) right &= check(written.bytes > 0, "what was read is written");
  }
  Propagator propagator;
  for (const Format* format : built_in_formats()) {
    right &= check(propagator.add_extract(*format) && propagator.add_inject(*format), "formats are added");
  }
  const std::size_t before = allocations;
  Scratch scratch(memory);
  Context context;
  Discarded written;
  right &= check(propagator.extract(HeaderList(headers), scratch, context) == Extraction::taken, "taken");
  propagator.inject(context, scratch, written);
  right &= check(context.baggage.size() >= 8 && written.bytes > 0, "baggage of all formats");
  right &= check(allocations == before, "nothing is allocated by a propagator");
  ::operator delete(::operator new(1));
  right &= check(allocations == before + 1, "allocations are counted");
  std::puts(right ? "right" : "wrong");
  return right ? 0 : 1;
}
