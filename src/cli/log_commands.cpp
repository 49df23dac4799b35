#include "cli/log_commands.h"

#include <boost/json/parse.hpp>
#include <ostream>

namespace cli {
namespace {

namespace json = boost::json;

// Reads the live stream again from where it broke off, until the end is told.
int follow(Context& context, Client& client, const std::string& path) {
  std::string last_id;
  std::string status;
  while (status.empty()) {
    bool progress = false;
    const auto followed = client.follow(path, last_id, [&](const Client::Event& event) {
      progress = true;
      if (!event.id.empty()) last_id = event.id;
      boost::system::error_code unreadable;
      const auto data = json::parse(event.data, unreadable);
      if (unreadable || !data.is_object()) return true;
      if (event.name == "end") {
        status = data.at("status").as_string();
        return false;
      }
      if (const auto* text = data.get_object().if_contains("text"); text != nullptr && text->is_string())
        context.out << std::string_view(text->get_string()) << std::flush;
      return true;
    });
    if (!followed) return context.fail(followed.error());
    if (!progress)
      return context.fail(base::make_error(base::ErrorKind::unavailable, "the server ended the stream"));
  }
  return status == "SUCCESS" ? kDone : kFailed;
}

}  // namespace

int print_log(Context& context, Client& client, const std::string& execution_id, const LogOptions& options) {
  const auto path = "/executions/" + encode(execution_id) + "/log";
  const auto query = "?stream=" + encode(options.stream);
  if (options.follow) return follow(context, client, path + "/stream" + query);
  const auto read = client.download(path + query, [&](std::string_view bytes) {
    context.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  });
  context.out << std::flush;
  return read ? kDone : context.fail(read.error());
}

}  // namespace cli
