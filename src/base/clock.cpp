#include "base/clock.h"

namespace filo {

Timestamp SystemClock::now() const {
  return Timestamp{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Duration SystemClock::steady_now() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace filo
