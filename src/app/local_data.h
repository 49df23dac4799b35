// What the command line does to a data folder without a server.
#pragma once
#include <boost/json/value.hpp>
#include <string>

#include "app/config.h"
#include "base/result.h"

namespace app {

// Sets the user's password in the database itself. conflict while a server holds the data folder, not_found
// for an unknown user.
base::Result<void> set_password_in_database(const Config& config, const std::string& user,
                                            const std::string& password);

// Checks the audit's chain; gives what GET /audit/verify would. Errors as above.
base::Result<boost::json::value> verify_audit_in_database(const Config& config, std::int64_t from);

// The whole database in one file, while a server may be running. Keys and large outputs are not in it.
base::Result<void> backup_database(const Config& config, const std::string& path);

// Puts such a file in the place of the database; gives the new name of what was there, "" where nothing was.
// conflict while a server holds the data folder.
base::Result<std::string> restore_database(const Config& config, const std::string& path);

// Puts a new key for log-ins into the data folder, for the server's next start. What the old one signed
// counts until it ends, unless it is dropped. invalid where SECRET_KEY is what counts.
base::Result<void> rotate_login_key(const std::string& data_dir, bool drop_previous);

}  // namespace app
