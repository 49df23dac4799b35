#include "http/problem.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace http {

int status_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::invalid:
      return 422;
    case base::ErrorKind::malformed:
      return 400;
    case base::ErrorKind::unauthenticated:
      return 401;
    case base::ErrorKind::forbidden:
      return 403;
    case base::ErrorKind::not_found:
      return 404;
    case base::ErrorKind::conflict:
      return 409;
    case base::ErrorKind::precondition_failed:
      return 412;
    case base::ErrorKind::too_large:
      return 413;
    case base::ErrorKind::unsupported_media:
      return 415;
    case base::ErrorKind::too_many:
      return 429;
    case base::ErrorKind::unavailable:
      return 503;
    case base::ErrorKind::internal:
      return 500;
  }
  return 500;
}

Response problem(int status, std::string_view detail, const std::vector<base::FieldError>& errors) {
  boost::json::object body{
      {"type", "about:blank"}, {"title", status_text(status)}, {"status", status}, {"detail", detail}};
  if (!errors.empty()) {
    boost::json::array list;
    for (const auto& error : errors) {
      boost::json::array loc;
      for (const auto& part : error.loc) loc.emplace_back(part);
      boost::json::object item{{"loc", std::move(loc)}, {"msg", error.msg}};
      if (error.position) item["position"] = *error.position;
      list.emplace_back(std::move(item));
    }
    body["errors"] = std::move(list);
  }
  Response response =
      Response::text(status, "application/problem+json", std::string(boost::json::serialize(body)));
  response.detail = detail;
  response.headers.add("Cache-Control", "no-store");
  if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503) response.headers.add("Retry-After", std::to_string(kRetryAfterSeconds));
  return response;
}

Response problem(const base::Error& error) {
  return problem(status_of(error.kind), error.message, error.fields);
}

base::Error malformed(std::string message) {
  return base::make_error(base::ErrorKind::malformed, std::move(message));
}

base::Error field_error(std::vector<std::string> loc, std::string message) {
  base::Error error = base::make_error(base::ErrorKind::invalid, message);
  error.fields.push_back({std::move(loc), std::move(message), std::nullopt});
  return error;
}

}  // namespace http
