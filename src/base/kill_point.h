// Places at which the crash tests kill this process. In the program that is shipped a call does nothing;
// tests/crash links another definition.
#pragma once
#include <string_view>

namespace base {

// Names a moment at which a death must lose nothing. Each name stands once in the source, and the tests kill
// the process at each of them. Any thread.
void kill_point(std::string_view name);

}  // namespace base
