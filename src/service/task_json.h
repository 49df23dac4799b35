// A task as the API shows it.
#pragma once
#include <boost/json/object.hpp>

#include "rights/actor.h"
#include "task/task.h"

namespace service {

// All fields of spec 3.2. The values of `env` are shown to those who may change the task; others see "***",
// for variables are where people put what nobody should read.
boost::json::object to_json(const task::Task& task, bool show_env);
bool may_see_env(const rights::Actor& actor);

}  // namespace service
