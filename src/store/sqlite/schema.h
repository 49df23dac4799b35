// The tables, and how an older file becomes a newer one.
#pragma once
#include <string>

#include "store/sqlite/connection.h"

namespace store::sqlite {

// Brings the file to the newest version: each step in the one transaction, after a copy of the file was put
// beside it (not for a new file). Throws SQLite::Exception, or std::runtime_error with what is wrong and how
// to mend it: a file of a newer version, or of another program.
// `audit_key` is that of the audit's chain (audit_chain.h).
void migrate(Connection& writer, const std::string& path, const std::string& default_timezone,
             const std::string& audit_key = {});

inline constexpr int kApplicationId = 0x4d536368;  // "MSch": what `file` and we know our files by
inline constexpr int kSchemaVersion = 9;

}  // namespace store::sqlite
