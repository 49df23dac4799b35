// What a start looks at before it trusts its surroundings.
#pragma once
#include <string>

namespace app {

// Takes the right to read from others where the data folder, or one of the files in it that hold secrets,
// gives it to them, and says so in the log. What is another user's is only said.
void close_to_others(const std::string& data_dir);

// Says in the log that the server runs as root, where it does.
void warn_of_root();

}  // namespace app
