#include "runner/identity.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cstring>

namespace runner {
namespace {

constexpr int kMaxSupplementaryGroups = 256;
constexpr std::size_t kPasswdBytes = 16'384;

void describe(Identity& identity, const passwd& entry) {
  identity.uid = entry.pw_uid;
  identity.gid = entry.pw_gid;
  identity.home = entry.pw_dir;
  identity.name = entry.pw_name;
  identity.shell = *entry.pw_shell == '\0' ? "/bin/sh" : entry.pw_shell;
}

// The runner's own user, which does not change.
const Identity& own_identity() {
  static const Identity own = [] {
    Identity identity;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(kPasswdBytes);
    getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) describe(identity, entry);
    return identity;
  }();
  return own;
}

}  // namespace

base::Result<Identity> identity_of(const std::string& user) {
  if (user.empty()) return own_identity();
  Identity identity;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(kPasswdBytes);
  const int code = getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    return base::make_error(base::ErrorKind::not_found,
                            "user '" + user + "': " + (code == 0 ? "no such user" : std::strerror(code)));
  }
  describe(identity, entry);
  identity.switches = geteuid() != entry.pw_uid || getegid() != entry.pw_gid;
  if (!identity.switches) return identity;
  int count = kMaxSupplementaryGroups;
  identity.groups.resize(static_cast<std::size_t>(count));
  if (getgrouplist(user.c_str(), entry.pw_gid, identity.groups.data(), &count) < 0) {
    return base::make_error(
        base::ErrorKind::invalid,
        "user '" + user + "' is in more than " + std::to_string(kMaxSupplementaryGroups) + " groups");
  }
  identity.groups.resize(static_cast<std::size_t>(count));
  return identity;
}

}  // namespace runner
