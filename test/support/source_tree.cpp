#include "test/support/source_tree.h"

namespace filo::test {

std::filesystem::path source_tree() { return FILO_SOURCE_TREE; }

}  // namespace filo::test
