// Which server the client commands speak to, and as whom.
#pragma once
#include <functional>
#include <string>

#include "cli/client.h"

namespace cli {

struct AddressSources {
  std::string server;      // --server; empty: not given
  std::string data_dir;    // the server's data folder, for the file that it leaves there for its own user
  std::string ca_file;     // --ca-file: who may have signed a server's certificate; empty: the system's list
  std::string configured;  // the URL that the configuration file means; empty: none
  std::function<const char*(const char*)> environment;  // getenv
};

// The server: --server, else MINI_SCHEDULER_URL, else the configuration, else the server that left its word
// in the data folder, else http://127.0.0.1:8000. The token: MINI_SCHEDULER_TOKEN, else what `login` kept for
// that server, else what that server itself left for its own user in the data folder. A kept token goes to no
// other server than its own.
ServerAddress find_server(const AddressSources& sources);

// Keeps the token for that server, in a file that only the user can read: credentials.json in
// $XDG_CONFIG_HOME/mini-scheduler or ~/.config/mini-scheduler. An empty token forgets it.
base::Result<std::string> keep_token(const AddressSources& sources, const std::string& server,
                                     const std::string& token);

inline constexpr const char* kLocalAddressFile =
    "cli.json";  // in the data folder: {"server","token","certificate"}

}  // namespace cli
