// The kill points of the crash tests' own program: the file kill_point in the data folder holds a name and a
// number, and the process that passes that point for that time takes the file away and kills itself.
#include "base/kill_point.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>

namespace base {
namespace {

// The value of --data-dir, which serve gives to its runner too: so that no environment has to carry it.
std::string data_dir() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string word, before;
  while (std::getline(in, word, '\0')) {
    if (before == "--data-dir") return word;
    before = word;
  }
  return {};
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

void kill_point(std::string_view name) {
  static const std::string folder = data_dir();
  if (folder.empty()) return;
  static const std::string path = folder + "/kill_point";
  static std::mutex mutex;
  static std::string armed;
  static int passed = 0;
  const std::lock_guard lock(mutex);
  const auto content = content_of(path);
  if (content.empty()) return;
  if (content != armed) {
    armed = content;
    passed = 0;
  }
  std::string wanted;
  int number = 0;
  if (!(std::istringstream(content) >> wanted >> number) || wanted != name || ++passed < number) return;
  // whoever takes the file is the one that dies
  const auto taken = path + ".passed." + std::to_string(getpid());
  if (rename(path.c_str(), taken.c_str()) != 0) return;
  kill(getpid(), SIGKILL);
  while (true) pause();
}

}  // namespace base
