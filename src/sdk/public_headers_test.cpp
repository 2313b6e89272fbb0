// Compiles as C++17: what hosts include.
#include "filo/context.h"
#include "filo/filo.h"
#include "filo/span.h"

static_assert(std::is_trivially_copyable_v<filo::Context>);
static_assert(!std::is_copy_constructible_v<filo::Span>);
static_assert(std::is_nothrow_move_constructible_v<filo::Span>);
