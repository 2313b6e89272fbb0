#include "test/support/allocations.h"

#include <cstdlib>
#include <new>

namespace filo::test {
namespace {

thread_local std::size_t count = 0;
thread_local std::size_t released = 0;

}  // namespace

std::size_t allocations() { return count; }
std::size_t releases() { return released; }

static void release(void* memory) {
  ++released;
  std::free(memory);
}
static void* allocate(std::size_t size) {
  ++count;
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace filo::test

void* operator new(std::size_t size) {
  if (void* memory = filo::test::allocate(size)) return memory;
  std::abort();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return filo::test::allocate(size); }
void operator delete(void* memory) noexcept { filo::test::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { filo::test::release(memory); }
