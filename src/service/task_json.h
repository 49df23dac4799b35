// A task as the API shows it.
#pragma once
#include <boost/json/object.hpp>

#include "rights/actor.h"
#include "task/task.h"

namespace service {

// Puts *** in the place of the values of a definition's env, of its HTTP headers and of its URL's query, and
// of the password in that URL.
void hide_values(boost::json::object& definition);

// All fields of spec 3.2. What hide_values hides is shown to those who may change the task; others see "***",
// for that is where people put what nobody should read.
boost::json::object to_json(const task::Task& task, bool show_env);
bool may_see_env(const rights::Actor& actor);

}  // namespace service
