// What went wrong, as a value. A code is stable forever (it may be stored, logged and compared); the message is for
// people and says what, where and how to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace filo {

// Numbers are never reused. src/net/status.h maps each to its HTTP and gRPC status.
enum class ErrorCode : std::uint16_t {
  invalid_argument = 1,   // the caller sent something malformed
  not_found = 2,          // the named thing does not exist
  too_large = 3,          // over a documented limit
  overloaded = 4,         // try again later; nothing was kept
  deadline_exceeded = 5,  // the caller's time is up
  io_failed = 6,          // the operating system refused; message names the call and the path
  disk_full = 7,          // no space left, or the configured budget is used up
  corrupt_data = 8,       // stored bytes do not match their checksum or their format
  unavailable = 9,        // a peer or a part of this process is down or stopping
  unsupported = 10,       // understood, but this build or format version does not do it
  internal = 11,          // our fault
  cancelled = 12,         // the caller went away
};

// The code's name as it appears in logs and JSON: "invalid_argument".
std::string_view name_of(ErrorCode code);

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  // Adds where it happened, outermost first: "part 17.filo: page 3: checksum mismatch".
  Error with_prefix(std::string_view prefix) const;
};

}  // namespace filo
