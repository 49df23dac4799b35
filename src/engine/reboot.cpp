#include "engine/reboot.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/batches.h"
#include "task/cursor.h"

namespace engine {
namespace {

constexpr int kStartTimeField = 20;  // of /proc/PID/stat, counted after the command's closing parenthesis

std::string content_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string start_of_first_process() {
  const auto stat = content_of("/proc/1/stat");
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream rest(stat.substr(end_of_name + 1));
  std::string field;
  for (int i = 0; i < kStartTimeField; ++i) rest >> field;
  return field;
}

}  // namespace

std::string current_boot() {
  auto boot_id = content_of("/proc/sys/kernel/random/boot_id");
  while (!boot_id.empty() && boot_id.back() == '\n') boot_id.pop_back();
  return boot_id + ':' + start_of_first_process();
}

std::vector<base::TaskId> take_reboot_tasks(store::Transaction& tx, const std::string& boot,
                                            base::Instant now) {
  std::vector<base::TaskId> ids;
  const auto last = tx.find_setting("last_boot");
  if (last == boot) return ids;
  tx.set_setting("last_boot", boot);
  if (!last) return ids;
  base::TaskId after;
  while (true) {
    const auto tasks = tx.tasks_with_cron(task::kReboot, after, kRowsAtOnce);
    for (const auto& task : tasks) {
      if (!task.paused && task::is_within_window(task.definition, now)) ids.push_back(task.id);
    }
    if (static_cast<std::int64_t>(tasks.size()) < kRowsAtOnce) return ids;
    after = tasks.back().id;
  }
}

}  // namespace engine
