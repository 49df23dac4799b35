// Taking over the database of the original Python system, as it is (spec 6).
#pragma once
#include <string>

#include "store/sqlite/connection.h"

namespace store::sqlite {

// Whether the file holds its tables `tasks` and `executions`.
bool is_legacy(Connection& writer);

// Renames its tables to legacy_*, where they stay as they were.
void put_aside_legacy_tables(Connection& writer);

// Copies users, tasks and executions into our tables. Ids that are whole numbers stay; others get new ones
// and are still found by the old. Schedules that can't be read make paused tasks that say why; executions
// that were running become LOST.
void take_over_legacy_tables(Connection& writer, const std::string& default_timezone);

}  // namespace store::sqlite
