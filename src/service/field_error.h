// A refusal that names the field of the body that is at fault.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace service {

inline base::Error field_error(std::string_view field, base::ErrorKind kind, std::string message) {
  return {kind, std::string(field) + ": " + message, {{{"body", std::string(field)}, message, std::nullopt}}};
}

}  // namespace service
