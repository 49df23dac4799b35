// How a caller was recognised.
#pragma once
#include <string>

#include "base/id.h"
#include "rights/actor.h"

namespace auth {

struct Identity {
  rights::Actor actor;
  bool by_cookie = false;  // a browser's; unsafe requests then need the same origin
  std::string session_id;  // empty for API tokens
  base::TokenId token;     // set for API tokens
  bool must_change_password = false;
};

}  // namespace auth
