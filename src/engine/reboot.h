// @reboot tasks run once for each start of the machine (or of its container), when the scheduler first sees
// it.
#pragma once
#include <string>
#include <vector>

#include "store/store.h"

namespace engine {

// What tells one start of the machine from the next: the kernel's boot id and when its first process began.
std::string current_boot();

// The @reboot tasks to run at `now`, all active ones within their starts_at and ends_at, where that boot was
// not seen before; else none. Remembers the boot, so that they are to be booked in the same transaction. On a
// database that never saw a boot nothing is run.
std::vector<base::TaskId> take_reboot_tasks(store::Transaction& tx, const std::string& boot,
                                            base::Instant now);

}  // namespace engine
