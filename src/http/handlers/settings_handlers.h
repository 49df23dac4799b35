// GET /api/settings: the settings as they are in force.
#pragma once
#include <boost/json/array.hpp>
#include <functional>

#include "http/route.h"

namespace http {

// `settings` gives an object for each key: key, value, source, place, default, variable, flag, allowed, help;
// no secret among them. Called by any thread.
void register_settings_routes(Router& router, std::function<boost::json::array()> settings);

}  // namespace http
