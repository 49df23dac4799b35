// Values of ours as the API shows them.
#pragma once
#include <boost/json/value.hpp>
#include <optional>

#include "base/time.h"

namespace service {

inline boost::json::value to_json(const std::optional<base::Instant>& at) {
  return at ? boost::json::value(base::to_iso(*at)) : boost::json::value(nullptr);
}

}  // namespace service
