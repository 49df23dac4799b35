// What has to be done so that a server has the tasks of a file. Pure; tasks are told by their names.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace cli {

struct FieldChange {
  std::string field;  // "cron", "retry.max_attempts", "env.PATH"; "status" for paused or not
  boost::json::value from, to;
};

struct TaskChange {
  enum class Kind { create, update, remove, none };
  Kind kind = Kind::none;
  std::string name;
  std::string id;                   // empty: it is not there yet
  std::vector<FieldChange> fields;  // of an update
  // The whole definition as wanted, other tasks by their names.
  boost::json::object wanted;
  std::optional<bool> paused;  // as wanted; absent: as it is
};

// Each task of the file, then what is on the server alone: removed with `prune`, else left out. A field that
// the file does not name gets its default; whether a task is paused stays as it is unless `status` says
// ACTIVE or PAUSED. `present` are tasks as the API gives them. invalid, with the name of the task, where a
// definition is wrong, names a task that there will not be, or stands for several of the server's.
base::Result<std::vector<TaskChange>> plan_tasks(const std::vector<boost::json::object>& file,
                                                 const boost::json::array& present, bool prune);

// What a task of the API differs in from the defaults, other tasks by their numbers.
boost::json::object compact_definition(const boost::json::object& task);

// The same as it stands in a file: other tasks by their names, those that are not among `present` left out.
boost::json::object to_file_entry(const boost::json::object& task, const boost::json::array& present);

// Whether it names other tasks at all.
bool has_references(const boost::json::object& wanted);

// The definition without its references, for a task that is made before those that it names.
boost::json::object without_references(boost::json::object wanted);

// What a PATCH has to say for that change, or, of a task that was made without them, its references. conflict
// where a task that it names is not among `ids`, since it could not be made.
base::Result<boost::json::object> changed_fields(const TaskChange& change,
                                                 const std::map<std::string, std::int64_t>& ids);

}  // namespace cli
