// In place of the generated bundle when the binary is built without the web UI.
#include "api/web/static_site.h"

namespace filo::api::web {

std::span<const Asset> bundle() { return {}; }

}  // namespace filo::api::web
