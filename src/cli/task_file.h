// Tasks as code: a file of definitions, in TOML or JSON, in which tasks name each other where the API has
// ids.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cli {

inline constexpr std::size_t kMaxTaskFileBytes = std::size_t{64} << 20;

enum class TaskFileFormat { toml, json };

// The tasks of a file, each as it stands there: a list `tasks` ([[tasks]] in TOML). What begins with { is
// JSON. invalid where the text can't be read (with its line), is too long, holds more than the list, or a
// task has no name or the name of another.
base::Result<std::vector<boost::json::object>> read_task_file(std::string_view text);

// The text that reads back to the same. Fields that are null are left out: TOML has none.
std::string print_task_file(const std::vector<boost::json::object>& tasks, TaskFileFormat format);

}  // namespace cli
