// Copies of a database file, made and put back.
#pragma once
#include <string>

#include "base/result.h"

namespace store::sqlite {

// A complete copy of one view of the database in one file (mode 0600), while others may be reading and
// writing it. What has the final name is whole. unavailable, with why, where it can't be made; `to` is then
// as it was.
base::Result<void> copy_database(const std::string& from, const std::string& to);

// Puts a copy in the place of a database that nobody has open. What was there is kept beside it; its new name
// is given,
// "" where nothing was. invalid where the copy is none of this program's, damaged, or of a newer version.
base::Result<std::string> put_back(const std::string& copy, const std::string& database);

}  // namespace store::sqlite
