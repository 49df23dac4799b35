#include "app/data_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/log.h"

namespace app {
namespace {

constexpr mode_t kOthers = 077;

void close_one(const std::string& path) {
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0 || S_ISLNK(facts.st_mode)) return;
  if (facts.st_uid != geteuid()) {
    base::log::warning("data.not_ours", {{"path", path}, {"uid", static_cast<std::int64_t>(facts.st_uid)}});
    return;
  }
  if ((facts.st_mode & kOthers) == 0) return;
  const bool closed = chmod(path.c_str(), facts.st_mode & 07777 & ~kOthers) == 0;
  base::log::warning("data.was_open_to_others", {{"path", path}, {"closed", closed}});
}

}  // namespace

void close_to_others(const std::string& data_dir) {
  close_one(data_dir);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir, ignored)) {
    const auto name = entry.path().filename().string();
    // keys are not mended: one that others could read is theirs now, and stops the start
    const bool holds_secrets = name.starts_with("scheduler.db") || name == "cli.json" ||
                               name.starts_with("audit.") || name.starts_with("runner.");
    if (holds_secrets) close_one(entry.path());
  }
}

void warn_of_root() {
  if (geteuid() != 0) return;
  base::log::warning("serve.as_root",
                     {{"why",
                       "whoever may edit tasks owns this machine; run it as a user of its own (see "
                       "packaging/mini-scheduler.service)"}});
}

}  // namespace app
