// Compiled by a test, which wants it to fail: a route that declares no right. With WITH_RIGHT it must
// compile.
#include "http/route.h"

http::Route a_route() {
  return {.method = http::Method::get,
          .path = "/open",
#ifdef WITH_RIGHT
          .right = rights::Right::anyone,
#endif
          .handler = [](const http::Request&) { return http::Response::no_content(); },
          .doc = {}};
}
