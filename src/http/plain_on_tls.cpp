#include "http/plain_on_tls.h"

#include "http/canonical_path.h"
#include "http/problem.h"

namespace http {

Response answer_plain(const Router& router, const Request& request) {
  const auto host = request.header("host");
  const bool is_known = host && request.headers.count("host") == 1 && router.answers_for(*host);
  const auto target = split_target(request.target);
  if (is_known && is_safe(request.method) && target && target->authority.empty()) {
    Response response;
    response.status = 308;
    response.headers.add("Location", "https://" + std::string(*host) + request.target);
    return response;
  }
  return problem(403, "this port speaks HTTPS only; write https:// in place of http://");
}

}  // namespace http
