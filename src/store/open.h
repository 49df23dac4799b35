// From database.url to an open store.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string_view>

#include "store/store.h"

namespace store {

struct OpenOptions {
  bool synchronous_full = false;
  std::string default_timezone = "UTC";
  std::string audit_key;             // of the audit's chain (audit_chain.h); empty: hashed without a key
  std::filesystem::path audit_head;  // file that names the newest row; empty: none
};

// "sqlite:PATH". Anything else is an error that says what is allowed.
base::Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenOptions& options);

// A look at that database from outside, while a server may be using it: what is there, in words. not_found
// where there is none yet; else an error that ends in ": " and how to mend it.
base::Result<std::string> examine(std::string_view url);

// Each pool that tasks of that database name, with their count, read from outside; none where it can't be
// read.
std::map<std::string, std::int64_t> pools_named(std::string_view url);

// A complete copy of that database in one file, while a server may be writing. not_found where there is none.
base::Result<void> backup(std::string_view url, const std::string& path);

// Puts such a copy in the place of that database, which nobody may have open. What was there is kept beside
// it; gives its new name, "" where nothing was. invalid where the file is no such copy.
base::Result<std::string> restore(std::string_view url, const std::string& path);

}  // namespace store
