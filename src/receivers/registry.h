// Every receiver of this build, in the order of src/receivers/CMakeLists.txt. Constant; any thread.
#pragma once

#include <span>

#include "receivers/receiver.h"

namespace filo::receivers {

std::span<const ReceiverKind* const> all();

}  // namespace filo::receivers
