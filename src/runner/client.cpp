#include "runner/client.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/kill_point.h"
#include "base/log.h"
#include "runner/server.h"

namespace runner {
namespace {

constexpr int kFirstPauseMs = 50;  // between tries to reach a runner, doubled up to the longest
constexpr int kLongestPauseMs = 2'000;
constexpr int kReadyTimeoutMs = 10'000;

// Not the server's: it may hold secrets, and /proc shows it to the jobs of the same user.
std::vector<std::string> environment_of_runner() {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + '=' + value);
  }
  return environment;
}

}  // namespace

SocketRunner::SocketRunner(ClientOptions options)
    : options_(std::move(options)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

SocketRunner::~SocketRunner() {
  stop();
  close(wake_);
}

void SocketRunner::open(Listener& listener) {
  listener_ = &listener;
  thread_ = std::thread([this] { run(); });
}

void SocketRunner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
}

void SocketRunner::start(std::vector<StartRequest> requests) {
  std::string frames;
  for (auto& request : requests) append_frame(frames, Order(Start{std::move(request)}));
  const std::lock_guard lock(mutex_);
  if (!connected_) return;
  unsent_ += frames;
  add_ping();
  send_at_once();
}

std::chrono::milliseconds SocketRunner::silent_for() {
  const std::lock_guard lock(mutex_);
  if (!connected_) return {};
  if (unanswered_since_) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                        *unanswered_since_);
  }
  add_ping();
  send_at_once();
  return {};
}

// One at a time: with starts, so that a runner that stopped is known without anybody asking.
void SocketRunner::add_ping() {
  if (unanswered_since_) return;
  unanswered_since_ = std::chrono::steady_clock::now();
  append_frame(unsent_, Order(Ping{}));
}

void SocketRunner::order(const Order& order) {
  const std::lock_guard lock(mutex_);
  if (!connected_) return;
  append_frame(unsent_, order);
  send_at_once();
}

// An order that waited for the thread to wake would start its process later.
void SocketRunner::send_at_once() {
  if (!send_unsent() || !unsent_.empty()) eventfd_write(wake_, 1);
}

bool SocketRunner::send_unsent() {
  if (unsent_.empty()) return true;
  const auto sent = send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
  return sent >= 0 || errno == EAGAIN;
}

void SocketRunner::cancel(AttemptKey key) {
  order(Cancel{key});
}
void SocketRunner::acknowledge(std::vector<AttemptKey> keys) {
  order(Acknowledge{std::move(keys)});
}
void SocketRunner::watch_output(AttemptKey key, bool on) {
  order(Watch{key, on});
}

bool SocketRunner::try_connect() {
  const auto path = socket_path(options_.data_dir).string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fresh = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fresh < 0) return false;
  if (connect(fresh, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
    close(fresh);
    return false;
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fresh, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
      (peer.uid != geteuid() && peer.uid != 0)) {
    base::log::error("runner.socket_of_a_stranger", {{"path", path}, {"uid", peer.uid}});
    close(fresh);
    return false;
  }
  fcntl(fresh, F_SETFL, O_NONBLOCK);
  socket_ = fresh;
  return true;
}

// In a session of its own, so that neither a terminal's Ctrl-C nor the end of this process reaches it.
std::string SocketRunner::launch() {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) return std::strerror(errno);
  constexpr int kReadyFd = 3;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ready[1], kReadyFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, kReadyFd + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  const std::string folder = options_.data_dir.string();
  const std::string ready_text = std::to_string(kReadyFd);
  const char* argv[] = {"mini-scheduler", "runner",           "--data-dir", folder.c_str(),
                        "--ready-fd",     ready_text.c_str(), nullptr};
  const auto environment = environment_of_runner();
  std::vector<char*> env;
  env.reserve(environment.size() + 1);
  for (const auto& entry : environment) env.push_back(const_cast<char*>(entry.c_str()));
  env.push_back(nullptr);
  const int code = posix_spawn(&launched_, options_.program.c_str(), &actions, &attributes,
                               const_cast<char**>(argv), env.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  base::kill_point("runner.launched");
  close(ready[1]);
  std::string why;
  if (code != 0) {
    launched_ = -1;
    why = std::string("the runner can't be started: ") + std::strerror(code);
  } else {
    pollfd waited{ready[0], POLLIN, 0};
    char byte = 0;
    if (poll(&waited, 1, kReadyTimeoutMs) <= 0 || read(ready[0], &byte, 1) != 1)
      why = "the runner ended before it listened";
  }
  close(ready[0]);
  return why;
}

std::string SocketRunner::connect_or_launch() {
  if (launched_ > 0 && waitpid(launched_, nullptr, WNOHANG) != 0) launched_ = -1;
  if (try_connect()) return {};
  if (options_.program.empty())
    return "no runner listens at " + socket_path(options_.data_dir).string() +
           ": start its service, or let the server start one (scheduler.start_runner)";
  if (auto why = launch(); !why.empty()) return why;
  return try_connect() ? std::string()
                       : "the runner's socket can't be reached: " + std::string(std::strerror(errno));
}

bool SocketRunner::wait_before_next_try(int failures) {
  pollfd waited{wake_, POLLIN, 0};
  eventfd_t orders_for_nobody = 0;
  eventfd_read(wake_, &orders_for_nobody);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
  }
  poll(&waited, 1, std::min(kFirstPauseMs << std::min(failures, 10), kLongestPauseMs));
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

void SocketRunner::run() {
  for (int failures = 0;; ++failures) {
    auto why = connect_or_launch();
    if (why.empty()) {
      why = serve();
      if (welcomed_) failures = 0;
      hang_up();
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    listener_->on_disconnected(why);
    if (!wait_before_next_try(failures)) return;
  }
}

std::string SocketRunner::serve() {
  incoming_ = {};
  welcomed_ = false;
  {
    const std::lock_guard lock(mutex_);
    unsent_.clear();
    append_frame(unsent_, Order(Hello{.version = kProtocolVersion, .program = options_.program}));
  }
  while (true) {
    short awaited = POLLIN;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return "stopped";
      if (!send_unsent()) return "the runner hung up";
      if (!unsent_.empty()) awaited |= POLLOUT;
    }
    pollfd waited[2] = {{socket_, awaited, 0}, {wake_, POLLIN, 0}};
    if (poll(waited, 2, -1) < 0 && errno != EINTR) return std::strerror(errno);
    if (waited[1].revents & POLLIN) {
      eventfd_t count = 0;
      eventfd_read(wake_, &count);
    }
    std::string why;
    if (waited[0].revents != 0 && !receive(why)) return why;
  }
}

bool SocketRunner::receive(std::string& why) {
  char buffer[65536];
  std::vector<Event> events;
  bool open = true;
  while (open) {
    const auto got = read(socket_, buffer, sizeof buffer);
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) {
      why = "the runner hung up";
      open = false;
      break;
    }
    incoming_.add({buffer, static_cast<std::size_t>(got)});
    bool broken = false;
    while (const auto body = incoming_.next(broken)) {
      auto report = read_report(*body);
      if (!report) {
        broken = true;
        break;
      }
      if (auto* welcome = std::get_if<Welcome>(&*report)) {
        if (welcome->version != kProtocolVersion) {
          why = "the runner speaks protocol " + std::to_string(welcome->version) + ", this server " +
                std::to_string(kProtocolVersion) + ": let its jobs end, then stop it";
          return false;
        }
        welcomed_ = true;
        {
          const std::lock_guard lock(mutex_);
          connected_ = true;
        }
        listener_->on_connected(std::move(welcome->snapshot));
      } else if (auto* started = std::get_if<Started>(&*report)) {
        events.emplace_back(*started);
      } else if (auto* finished = std::get_if<Finished>(&*report)) {
        events.emplace_back(std::move(*finished));
      } else if (auto* grew = std::get_if<OutputGrew>(&*report)) {
        events.emplace_back(*grew);
      } else if (std::holds_alternative<Pong>(*report)) {
        const std::lock_guard lock(mutex_);
        unanswered_since_.reset();
      }
    }
    if (broken) {
      why = "the runner's report could not be read";
      return false;
    }
  }
  if (!events.empty()) listener_->on_events(events);
  return open;
}

void SocketRunner::hang_up() {
  const std::lock_guard lock(mutex_);
  close(socket_);
  socket_ = -1;
  connected_ = false;
  unanswered_since_.reset();
  unsent_.clear();
}

}  // namespace runner
