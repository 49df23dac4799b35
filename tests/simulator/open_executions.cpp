#include "open_executions.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace simulator {

OpenExecutions::OpenExecutions(SQLite::Database& database) {
  const auto note = [](void* self, int, const char*, const char* table, sqlite3_int64 row) {
    if (std::string_view(table) == "executions")
      static_cast<OpenExecutions*>(self)->touched_.push_back(base::ExecutionId{row});
  };
  sqlite3_update_hook(database.getHandle(), note, this);
}

void OpenExecutions::catch_up(store::Reader& reader) {
  for (const auto id : std::exchange(touched_, {})) {
    auto now = reader.find_execution(id);
    if (now && (!newest_ || *newest_ < id)) newest_ = id;
    if (now && !task::is_final(now->status))
      open_.insert_or_assign(id, std::move(*now));
    else
      open_.erase(id);
  }
}

void OpenExecutions::compare_with(store::Reader& reader) const {
  const auto there = reader.open_executions_after({}, std::numeric_limits<std::int32_t>::max());
  const auto same = [](const task::Execution& one, const auto& known) {
    return one.id == known.first && one.status == known.second.status &&
           one.waiting == known.second.waiting && one.attempt.number == known.second.attempt.number;
  };
  if (!std::equal(there.begin(), there.end(), open_.begin(), open_.end(), same))
    throw std::logic_error("what is open is not what the notices of rows told");
}

}  // namespace simulator
