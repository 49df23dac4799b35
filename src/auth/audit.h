// Rows of the audit for what happens to accounts.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "rights/actor.h"
#include "store/store.h"

namespace auth {

// Appends who did what to whom, within the same transaction. Empty objects are left out.
void append_audit(store::Transaction& transaction, base::Instant at, const rights::Actor& actor,
                  std::string_view action, std::string object, const boost::json::object& before = {},
                  const boost::json::object& after = {});

// What of a user may be shown: never the password's hash.
boost::json::object to_json(const store::User& user);
boost::json::object to_json(const store::Token& token);

}  // namespace auth
