// All that is open, kept by SQLite's own notices of the rows that a commit touched, so that a look at it
// after each of a million commits costs what changed and not what there is.
#pragma once
#include <map>
#include <optional>
#include <vector>

#include "store/sqlite/session.h"

namespace simulator {

class OpenExecutions {
 public:
  // One for a connection, and as long as that one.
  explicit OpenExecutions(SQLite::Database& database);
  OpenExecutions(const OpenExecutions&) = delete;
  OpenExecutions& operator=(const OpenExecutions&) = delete;

  // Reads again what was touched since the last time. After a commit, or a transaction that was rolled back.
  void catch_up(store::Reader& reader);
  // Throws where the database, asked for all of them, says otherwise: a judge that sees less would be silent.
  void compare_with(store::Reader& reader) const;
  // Oldest first.
  const std::map<base::ExecutionId, task::Execution>& all() const { return open_; }
  // The youngest that was ever there after a commit.
  std::optional<base::ExecutionId> newest() const { return newest_; }

 private:
  std::vector<base::ExecutionId> touched_;
  std::map<base::ExecutionId, task::Execution> open_;
  std::optional<base::ExecutionId> newest_;
};

}  // namespace simulator
