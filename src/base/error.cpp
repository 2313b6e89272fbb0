#include "base/error.h"

namespace filo {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::overloaded:
      return "overloaded";
    case ErrorCode::deadline_exceeded:
      return "deadline_exceeded";
    case ErrorCode::io_failed:
      return "io_failed";
    case ErrorCode::disk_full:
      return "disk_full";
    case ErrorCode::corrupt_data:
      return "corrupt_data";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::cancelled:
      return "cancelled";
  }
  return "unknown";
}

Error Error::with_prefix(std::string_view prefix) const {
  std::string text;
  text.reserve(prefix.size() + 2 + message.size());
  text.append(prefix).append(": ").append(message);
  return Error{code, std::move(text)};
}

}  // namespace filo
