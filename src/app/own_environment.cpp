#include "app/own_environment.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace app {
namespace {

using Settings = std::map<std::string, std::string, std::less<>>;

bool is_own(std::string_view name) {
  return name.starts_with("SECRET_KEY") || name.starts_with("MINI_SCHEDULER_");
}

Settings take() {
  Settings taken;
  std::vector<char*> values;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    char* equals = std::strchr(*entry, '=');
    if (equals == nullptr || !is_own({*entry, static_cast<std::size_t>(equals - *entry)})) continue;
    taken.emplace(std::string(*entry, equals), equals + 1);
    values.push_back(equals + 1);
  }
  for (const auto& [name, value] : taken) unsetenv(name.c_str());
  // the texts stay where the kernel put them
  for (char* value : values) explicit_bzero(value, std::strlen(value));
  return taken;
}

}  // namespace

const char* environment_variable(const char* name) {
  static const Settings settings = take();
  if (!is_own(name)) return std::getenv(name);
  const auto found = settings.find(std::string_view(name));
  return found == settings.end() ? nullptr : found->second.c_str();
}

}  // namespace app
