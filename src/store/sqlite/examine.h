// A look at a database file from outside, while a server may be using it.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"

namespace store::sqlite {

enum class Use { reading, serving };  // a server must be able to write it

// What is there, in words: "schema 1, 12 MB, sound". Reads the whole file and changes nothing. not_found
// where there is no file; else an error that says what is wrong with it and how to mend it.
base::Result<std::string> examine(const std::string& path, Use use = Use::serving);

// Each pool that its tasks name, with their count. Reads every task; none where that is not possible.
std::map<std::string, std::int64_t> pools_named(const std::string& path);

}  // namespace store::sqlite
