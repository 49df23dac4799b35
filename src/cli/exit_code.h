// The exit codes of the program (spec 2), and which of them an error means.
#pragma once
#include "base/result.h"

namespace cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kWrongUsage = 2,
  kNotFound = 3,
  kNotAllowed = 4,
  kNotReachable = 5,
};

constexpr ExitCode exit_code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::not_found:
      return kNotFound;
    case base::ErrorKind::unauthenticated:
    case base::ErrorKind::forbidden:
      return kNotAllowed;
    case base::ErrorKind::unavailable:
      return kNotReachable;
    case base::ErrorKind::invalid:
    case base::ErrorKind::malformed:
    case base::ErrorKind::conflict:
    case base::ErrorKind::precondition_failed:
    case base::ErrorKind::too_large:
    case base::ErrorKind::unsupported_media:
    case base::ErrorKind::too_many:
    case base::ErrorKind::internal:
      return kFailed;
  }
  return kFailed;
}

}  // namespace cli
