#include "task/crontab.h"

#include <set>

#include "invariants.h"
#include "task/definition_json.h"

namespace fuzz {

void check_crontab(Bytes bytes) {
  if (bytes.empty()) return;
  const auto text = text_of(bytes.subspan(1));
  task::CrontabOptions options;
  options.system = (bytes[0] & 1) != 0;
  if ((bytes[0] & 2) != 0) options.default_timezone = "Asia/Shanghai";
  static_cast<void>(task::looks_like_system_crontab(text, (bytes[0] & 4) != 0 ? "/etc/crontab" : "x"));
  const auto crontab = task::read_crontab(text, options);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::set<std::string> names;
  std::size_t last = 0;
  for (const auto& each : crontab.tasks) {
    require(each.line >= last && each.line <= lines, "tasks come in the order of their lines", text);
    last = each.line;
    require(names.insert(each.name).second, "names are unique", text);
    const auto definition = task::read_definition(task::to_json(task::to_definition(each)), {});
    require(definition.has_value(), "the server takes what was read", text);
  }
  for (const auto& each : crontab.refused) {
    require(each.line >= 1 && each.line <= lines && !each.why.empty(), "a refusal has a line and a reason",
            text);
    require(each.text.size() <= task::kMaxShownBytes, "a refusal shows a bounded piece", text);
  }
}

}  // namespace fuzz
