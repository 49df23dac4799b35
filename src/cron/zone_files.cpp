// The system's time zone files, and the zones that were read from them.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "cron/zone.h"

namespace cron {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNameLength = 64;        // the longest real one has 32 characters
constexpr std::uintmax_t kMaxFileSize = 262'144;  // the largest real one has 4 KiB
constexpr std::size_t kMaxKept = 2048;            // zones in memory; the system has about 600
constexpr std::size_t kMaxNames = 10000;
constexpr int kMaxDepth = 4;  // America/North_Dakota/Center is 3 deep

fs::path zone_folder() {
  const char* configured = std::getenv("TZDIR");  // NOLINT(concurrency-mt-unsafe): nobody calls setenv
  return configured != nullptr && *configured != '\0' ? configured : "/usr/share/zoneinfo";
}

// Letters, digits and "+-_/" with no empty or dotted part: what real names are made of, and no way out
// of the folder.
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name.back() == '/') return false;
  char before = '/';
  for (const char c : name) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool sign = c == '+' || c == '-' || c == '_';
    if (!letter && !(before != '/' && (sign || c == '/'))) return false;
    before = c;
  }
  return true;
}

std::string read_whole(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  const auto size = fs::file_size(path, error);
  if (error || size > kMaxFileSize) return {};
  std::ifstream file(path, std::ios::binary);
  std::string content(size, '\0');
  file.read(content.data(), static_cast<std::streamsize>(size));
  content.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return content;
}

std::shared_ptr<const Zone> read_zone(std::string_view name) {
  const auto rules = read_tzif(read_whole(zone_folder() / name), kLastYear + 1);
  if (rules) return std::make_shared<const Zone>(std::string(name), *rules);
  if (name == "UTC") return std::make_shared<const Zone>("UTC", ZoneRules{});
  return nullptr;
}

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};

// Zones by name.
class ZoneShelf {
 public:
  std::shared_ptr<const Zone> find(std::string_view name) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = zones_.find(name); found != zones_.end()) return found->second;
    }
    auto zone = read_zone(name);
    if (!zone) return nullptr;
    const std::unique_lock lock(mutex_);
    if (zones_.size() >= kMaxKept) return zone;
    return zones_.emplace(std::string(name), std::move(zone)).first->second;
  }
  void clear() {
    const std::unique_lock lock(mutex_);
    zones_.clear();
  }

 private:
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Zone>, NameHash, std::equal_to<>> zones_;
};

ZoneShelf& the_shelf() {
  static ZoneShelf shelf;
  return shelf;
}

bool is_for_people(const std::string& name) {
  return !name.starts_with("posix/") && !name.starts_with("right/") && name != "posixrules" &&
         name != "localtime" && name != "Factory" && is_name(name);
}

std::vector<std::string> read_names() {
  std::vector<std::string> names{"UTC"};
  const fs::path folder = zone_folder();
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator{} && names.size() < kMaxNames;
       entry.increment(error)) {
    if (entry.depth() >= kMaxDepth) entry.disable_recursion_pending();
    const std::string name = entry->path().lexically_relative(folder).generic_string();
    if (!is_for_people(name)) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    char magic[4] = {};
    if (file.read(magic, sizeof magic) && std::string_view(magic, 4) == "TZif") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::shared_ptr<const Zone> find_zone(std::string_view name) {
  return is_name(name) ? the_shelf().find(name) : nullptr;
}

void forget_zones() {
  the_shelf().clear();
}

std::string zone_data_version() {
  const fs::path folder = zone_folder();
  std::error_code error;
  std::vector<std::string> entries;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator{} && entries.size() < kMaxNames;
       entry.increment(error)) {
    if (entry.depth() >= kMaxDepth) entry.disable_recursion_pending();
    struct stat status {};
    if (stat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    entries.push_back(entry->path().lexically_relative(folder).generic_string() + ' ' +
                      std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
                      std::to_string(status.st_mtim.tv_nsec));
  }
  std::sort(entries.begin(), entries.end());  // a folder is read in any order
  std::uint64_t hash = 14695981039346656037ULL;
  for (const auto& text : entries) {
    for (const char c : text + '\n') {
      hash ^= static_cast<unsigned char>(c);
      hash *= 1099511628211ULL;
    }
  }
  return std::to_string(hash);
}

const std::vector<std::string>& zone_names() {
  static const std::vector<std::string> names = read_names();
  return names;
}

}  // namespace cron
