// The fields of a task as options of `task create` and `task update`.
#pragma once
#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace cli {

class DefinitionOptions {
 public:
  // Adds the options to the subcommand; `this` must outlive its parsing.
  void add_to(CLI::App& command);

  // The fields that were given, as the API takes them: --file's first, then the options, then --set's.
  // invalid for a file or a --set that can't be read. `in` stands for the file "-".
  base::Result<boost::json::object> fields(std::istream& in) const;

 private:
  std::string file_;
  std::map<std::string, std::string> texts_;  // field to value; those that were given
  std::map<std::string, std::int64_t> integers_;
  std::map<std::string, std::vector<std::int64_t>> tasks_;  // field to ids
  std::vector<std::string> tags_, env_, settings_;
  std::vector<int> success_exit_codes_;
  bool paused_ = false, rerun_lost_ = false;
};

// Sets "retry.max_attempts" in nested objects.
void set_field(boost::json::object& object, const std::string& path, boost::json::value value);

// {"NAME":"VALUE"} of the NAME=VALUE texts.
base::Result<boost::json::object> pairs_of(const std::vector<std::string>& texts, const char* option);

}  // namespace cli
