#include "cli/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/json_text.h"

namespace cli {
namespace {

namespace json = boost::json;

std::string variable(const AddressSources& sources, const char* name) {
  const char* value = sources.environment ? sources.environment(name) : nullptr;
  return value == nullptr ? std::string() : std::string(value);
}

json::object read_object(const std::filesystem::path& path) {
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  boost::system::error_code unreadable;
  auto value = json::parse(text, unreadable);
  return unreadable || !value.is_object() ? json::object{} : std::move(value.get_object());
}

std::filesystem::path credentials_path(const AddressSources& sources) {
  if (const auto folder = variable(sources, "XDG_CONFIG_HOME"); !folder.empty())
    return std::filesystem::path(folder) / "mini-scheduler/credentials.json";
  return std::filesystem::path(variable(sources, "HOME")) / ".config/mini-scheduler/credentials.json";
}

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  if (!url.empty() && url.find("://") == std::string::npos) url.insert(0, "http://");
  return url;
}

base::Result<std::string> write_private(const std::filesystem::path& path, const std::string& text) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  const auto fresh = path.string() + ".new";
  unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int why = errno;
  if (file >= 0) close(file);
  if (!written || rename(fresh.c_str(), path.c_str()) < 0) {
    return base::make_error(base::ErrorKind::internal,
                            path.string() + " can't be written: " + std::strerror(written ? errno : why));
  }
  return path.string();
}

}  // namespace

ServerAddress find_server(const AddressSources& sources) {
  const auto local = read_object(std::filesystem::path(sources.data_dir) / kLocalAddressFile);
  const auto local_server = text_of(local, "server");
  ServerAddress address;
  for (const auto& candidate : {sources.server, variable(sources, "MINI_SCHEDULER_URL"), sources.configured,
                                local_server, address.url}) {
    if (candidate.empty()) continue;
    address.url = without_slash(candidate);
    break;
  }
  address.authorities = sources.ca_file;
  if (address.authorities.empty() && address.url == local_server)
    address.pinned = text_of(local, "certificate");
  address.token = variable(sources, "MINI_SCHEDULER_TOKEN");
  if (address.token.empty()) address.token = text_of(read_object(credentials_path(sources)), address.url);
  if (address.token.empty() && address.url == local_server) address.token = text_of(local, "token");
  return address;
}

base::Result<std::string> keep_token(const AddressSources& sources, const std::string& server,
                                     const std::string& token) {
  const auto path = credentials_path(sources);
  auto kept = read_object(path);
  if (token.empty())
    kept.erase(server);
  else
    kept[server] = token;
  return write_private(path, json::serialize(kept) + "\n");
}

}  // namespace cli
