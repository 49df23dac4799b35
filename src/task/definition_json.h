// A task's definition as JSON: the one place where field names, bounds and messages of spec 3.2 stand.
// Used by the API, by tasks as code, and by the store. definition_json.cpp writes, definition_reader.cpp
// reads.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"
#include "task/task.h"

namespace task {

// Every field that a user may write, with its value, defaults included.
boost::json::object to_json(const TaskDefinition& definition);

// The same without the fields that stand at their default: what the store keeps.
boost::json::object to_compact_json(const TaskDefinition& definition);

struct ReadOptions {
  TaskDefinition base;            // fields that are absent keep this value (a PATCH starts from the old one)
  std::string_view loc = "body";  // first part of each error's loc
  std::string_view default_timezone = "UTC";
};

// Reads and checks a definition: types, bounds, the cron expression (with the position of what is wrong in
// it), exactly one of command and http, unknown fields. All errors are found, not only the first. Fields that
// the server sets (id, status, created_at, ...) are refused as unknown fields are.
base::Result<TaskDefinition> read_definition(const boost::json::object& json, const ReadOptions& options);

// Reads back what to_compact_json wrote; anything unreadable is dropped to its default (the store is
// trusted).
TaskDefinition from_compact_json(const boost::json::object& json);

// Bounds, also stated in the docs.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxCommandBytes = 65536;
inline constexpr std::size_t kMaxTextBytes = 16384;  // description, stdin, http body, one env value
inline constexpr std::size_t kMaxSecretFiles = 16;   // each is a descriptor of the job
inline constexpr std::size_t kMaxListItems = 100;  // tags, env, headers, exit codes, chain targets, channels
inline constexpr std::int64_t kMaxSeconds = 366LL * 86400;

}  // namespace task
