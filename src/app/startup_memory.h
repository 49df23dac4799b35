// Memory that only the start of the process needed.
#pragma once

namespace app {

// Gives freed memory and the clean pages of the program's own code and constants back to the system. What is
// used again is read from the page cache; what the start alone used, and that is most, stays out of both
// processes.
void release_startup_memory();

}  // namespace app
