// The server's API as the client commands see it: JSON in, JSON out, problems as errors.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cli {

struct ServerAddress {
  std::string url = "http://127.0.0.1:8000";  // no slash at its end
  std::string token;                          // empty: asks as nobody
  std::string authorities, pinned;            // see HttpRequest; empty: the system's list
};

class Client {
 public:
  explicit Client(ServerAddress address) : address_(std::move(address)) {}

  // The answer's JSON (null where it has no body). A problem of the server is an error with its words, its
  // fields in further lines; unavailable where the server can't be reached.
  base::Result<boost::json::value> get(const std::string& path);
  base::Result<boost::json::value> post(const std::string& path,
                                        const boost::json::value& body = boost::json::object{});
  base::Result<boost::json::value> put(const std::string& path, const boost::json::value& body);
  base::Result<boost::json::value> patch(const std::string& path, const boost::json::value& body);
  base::Result<boost::json::value> remove(const std::string& path);

  // Gives the body to `receive` as it comes.
  base::Result<void> download(const std::string& path, const std::function<void(std::string_view)>& receive);

  // Follows a stream of server-sent events until `receive` says false or the server ends it.
  struct Event {
    std::string id, name, data;
  };
  base::Result<void> follow(const std::string& path, const std::string& last_id,
                            const std::function<bool(const Event&)>& receive);

  const ServerAddress& address() const { return address_; }

 private:
  base::Result<boost::json::value> ask(const std::string& method, const std::string& path,
                                       const std::optional<boost::json::value>& body);

  ServerAddress address_;
};

// "a b&c" as a value in a query string: "a%20b%26c".
std::string encode(std::string_view text);

}  // namespace cli
