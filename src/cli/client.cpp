#include "cli/client.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "cli/http_client.h"
#include "cli/json_text.h"

namespace cli {
namespace {

namespace json = boost::json;
using base::ErrorKind;

ErrorKind kind_of(int status) {
  switch (status) {
    case 400:
      return ErrorKind::malformed;
    case 401:
      return ErrorKind::unauthenticated;
    case 403:
      return ErrorKind::forbidden;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 422:
      return ErrorKind::invalid;
    case 503:
      return ErrorKind::unavailable;
    default:
      return ErrorKind::internal;
  }
}

// {"loc":["body","retry","max_attempts"],"msg":"…"} as "retry.max_attempts: …".
std::string line_of(const json::value& problem) {
  if (!problem.is_object()) return {};
  std::string place;
  if (const auto* loc = problem.get_object().if_contains("loc"); loc != nullptr && loc->is_array()) {
    for (const auto& part : loc->get_array()) {
      if (!part.is_string() || (place.empty() && part.get_string() == "body")) continue;
      if (!place.empty()) place += '.';
      place += part.get_string();
    }
  }
  const auto message = text_of(problem.get_object(), "msg");
  return place.empty() ? message : place + ": " + message;
}

base::Error problem_of(int status, const std::string& body, const ServerAddress& address) {
  boost::system::error_code unreadable;
  const auto problem = json::parse(body, unreadable);
  std::string message;
  if (!unreadable && problem.is_object()) {
    const auto* errors = problem.get_object().if_contains("errors");
    if (errors != nullptr && errors->is_array()) {
      for (const auto& error : errors->get_array()) {
        if (!message.empty()) message += "; ";
        message += line_of(error);
      }
    }
    if (message.empty()) message = text_of(problem.get_object(), "detail");
    if (message.empty()) message = text_of(problem.get_object(), "title");
  }
  if (message.empty()) message = address.url + " answered with status " + std::to_string(status);
  if (status == 401) message += " (log in with `mini-scheduler login`, or give MINI_SCHEDULER_TOKEN)";
  return base::make_error(kind_of(status), message);
}

HttpRequest request_to(const ServerAddress& address, const std::string& method, const std::string& path) {
  HttpRequest request;
  request.method = method;
  request.url = address.url + path;
  request.authorities = address.authorities;
  request.pinned = address.pinned;
  request.headers.emplace_back("Accept", "application/json");
  if (!address.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + address.token);
  return request;
}

base::Error not_reached(const base::Error& error, const ServerAddress& address) {
  if (error.kind != ErrorKind::unavailable) return error;
  return base::make_error(error.kind,
                          "the server at " + address.url + " is not reachable (" + error.message +
                              "); start it with `mini-scheduler serve`, or name another with --server");
}

class EventReader {
 public:
  explicit EventReader(const std::function<bool(const Client::Event&)>& receive) : receive_(receive) {}

  bool take(std::string_view bytes) {
    pending_ += bytes;
    std::size_t begin = 0;
    for (std::size_t end; (end = pending_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      if (!line(std::string_view(pending_).substr(begin, end - begin))) return false;
    }
    pending_.erase(0, begin);
    return true;
  }

 private:
  bool line(std::string_view text) {
    if (text.empty()) {
      const bool go_on = event_.data.empty() || receive_(event_);
      event_ = {};
      return go_on;
    }
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (name == "id") event_.id = value;
    if (name == "event") event_.name = value;
    if (name == "data") event_.data += value;
    return true;
  }

  const std::function<bool(const Client::Event&)>& receive_;
  std::string pending_;
  Client::Event event_;
};

}  // namespace

std::string encode(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

base::Result<json::value> Client::ask(const std::string& method, const std::string& path,
                                      const std::optional<json::value>& body) {
  auto request = request_to(address_, method, path);
  if (body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(*body);
  }
  const auto response = send(request);
  if (!response) return not_reached(response.error(), address_);
  if (response->status < 200 || response->status > 299)
    return problem_of(response->status, response->body, address_);
  if (response->body.empty()) return json::value(nullptr);
  boost::system::error_code unreadable;
  auto value = json::parse(response->body, unreadable);
  if (unreadable)
    return base::make_error(ErrorKind::internal,
                            address_.url + " gave no JSON: is it a Mini Scheduler server?");
  return value;
}

base::Result<json::value> Client::get(const std::string& path) {
  return ask("GET", path, std::nullopt);
}
base::Result<json::value> Client::post(const std::string& path, const json::value& body) {
  return ask("POST", path, body);
}
base::Result<json::value> Client::put(const std::string& path, const json::value& body) {
  return ask("PUT", path, body);
}
base::Result<json::value> Client::patch(const std::string& path, const json::value& body) {
  return ask("PATCH", path, body);
}
base::Result<json::value> Client::remove(const std::string& path) {
  return ask("DELETE", path, std::nullopt);
}

base::Result<void> Client::download(const std::string& path,
                                    const std::function<void(std::string_view)>& receive) {
  std::string problem;
  const auto response = send(request_to(address_, "GET", path), [&](int status, std::string_view bytes) {
    if (status == 200)
      receive(bytes);
    else
      problem += bytes;
    return true;
  });
  if (!response) return not_reached(response.error(), address_);
  if (response->status != 200) return problem_of(response->status, problem, address_);
  return {};
}

base::Result<void> Client::follow(const std::string& path, const std::string& last_id,
                                  const std::function<bool(const Event&)>& receive) {
  auto request = request_to(address_, "GET", path);
  request.patience = std::chrono::milliseconds{0};
  if (!last_id.empty()) request.headers.emplace_back("Last-Event-ID", last_id);
  std::string problem;
  EventReader reader(receive);
  const auto response = send(request, [&](int status, std::string_view bytes) {
    if (status == 200) return reader.take(bytes);
    problem += bytes;
    return true;
  });
  if (!response) return not_reached(response.error(), address_);
  if (response->status != 200) return problem_of(response->status, problem, address_);
  return {};
}

}  // namespace cli
