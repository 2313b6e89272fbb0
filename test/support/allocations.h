// How often the calling thread has called operator new, in programs that link allocations.cpp.
#pragma once

#include <cstddef>

namespace filo::test {

std::size_t allocations();
// … and given memory back.
std::size_t releases();

}  // namespace filo::test
