// A password set without a server, for the one who locked himself out.
#pragma once
#include <string>

#include "app/config.h"
#include "base/result.h"

namespace app {

// Sets the user's password in the database itself. conflict while a server holds the data folder, not_found
// for an unknown user.
base::Result<void> set_password_in_database(const Config& config, const std::string& user,
                                            const std::string& password);

}  // namespace app
