// The store in one SQLite file: one thread writes and checkpoints, any number read.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "store/store.h"

namespace store {

struct SqliteOptions {
  std::filesystem::path path = "data/scheduler.db";
  bool synchronous_full = false;         // database.synchronous = full: a commit survives a power loss
  std::string default_timezone = "UTC";  // for the schedules of a database that is taken over
  std::string audit_key = {};            // see OpenOptions
  std::filesystem::path audit_head = {};
};

// Opens or makes the file (0600, its folder 0700), and migrates it. An error says what is wrong with the file
// and how to mend it.
base::Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options);

}  // namespace store
