// Attempts of deleted tasks that the runner is still ending. Each holds its place in its pool until its job
// is gone, for a limit is one of what goes on at once. Kept as a setting, in the transaction that deletes the
// task, so that no kill forgets one.
#pragma once
#include <map>
#include <string>

#include "runner/runner.h"
#include "store/store.h"

namespace engine {

using HeldPlaces = std::map<runner::AttemptKey, std::string>;  // the pool of each

HeldPlaces read_held_places(store::Reader& reader);
void write_held_places(store::Transaction& tx, const HeldPlaces& places);

}  // namespace engine
