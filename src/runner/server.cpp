#include "runner/server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/kill_point.h"
#include "base/log.h"
#include "runner/handover.h"
#include "runner/supervisor.h"

namespace runner {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::chrono::milliseconds kGather{50};    // reports wait so long while starts wait too
constexpr std::size_t kMaxUnsentBytes = 64u << 20;  // a server that takes nothing for so long is cut off

// Descriptors that are not a job's, told apart by the same 64 bits that name a job's.
enum Special : std::uint64_t { kListener = ~0ULL, kClient = ~0ULL - 1, kSignals = ~0ULL - 2 };

class Loop {
 public:
  Loop(const RunnerOptions& options, int lock, std::optional<Handover> handover)
      : options_(options),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        lock_(lock),
        listener_(handover ? handover->listener : -1),
        program_(handover ? handover->program : identity_of_program("/proc/self/exe")),
        supervisor_(options, epoll_, std::move(handover)) {}

  ~Loop() {
    if (client_ >= 0) close(client_);
    if (listener_ >= 0) close(listener_);
    if (signals_ >= 0) close(signals_);
    close(epoll_);
  }

  std::string open_socket() {
    if (listener_ >= 0) {
      watch(listener_, kListener, EPOLLIN);
      return {};
    }
    const auto path = socket_path(options_.data_dir).string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      return "the path of the socket is too long (" + path + "): choose a shorter data folder";
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path.c_str());
    const auto mask = umask(0177);
    const bool bound = bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    umask(mask);
    if (!bound || listen(listener_, 8) < 0) return path + ": " + std::strerror(errno);
    watch(listener_, kListener, EPOLLIN);
    return {};
  }

  void catch_signals() {
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    sigprocmask(SIG_BLOCK, &caught, nullptr);
    signals_ = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
    watch(signals_, kSignals, EPOLLIN);
  }

  void run() {
    idle_since_ = std::chrono::steady_clock::now();
    while (!stopping_) {
      epoll_event events[128];
      const int count = epoll_wait(epoll_, events, 128, wait_ms());
      const auto now = std::chrono::steady_clock::now();
      for (int i = 0; i < count; ++i) handle(events[i]);
      supervisor_.on_time(now);
      if (!gathers(now)) flush();
      if (lingered(now)) return;
    }
  }

 private:
  void watch(int descriptor, std::uint64_t name, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = name;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  int wait_ms() const {
    auto next = supervisor_.next_deadline();
    const auto consider = [&](SteadyTime at) { next = next ? std::min(*next, at) : at; };
    if (is_idle()) consider(idle_since_ + options_.linger);
    if (gathering_until_) consider(*gathering_until_);
    if (!next) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*next - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
  }

  bool is_idle() const { return client_ < 0 && supervisor_.is_empty(); }

  bool lingered(SteadyTime now) {
    if (!is_idle()) idle_since_ = now;
    return now - idle_since_ >= options_.linger;
  }

  void handle(const epoll_event& event) {
    switch (event.data.u64) {
      case kListener:
        accept_client();
        return;
      case kClient:
        if (event.events & EPOLLIN)
          read_client();
        else if (event.events & (EPOLLHUP | EPOLLERR))
          drop_client();
        return;
      case kSignals:
        stopping_ = true;
        return;
      default:
        supervisor_.on_descriptor(event.data.u64);
    }
  }

  void accept_client() {
    const int fresh = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fresh < 0) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fresh, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
        (peer.uid != geteuid() && peer.uid != 0)) {
      base::log::warning("runner.stranger_refused", {{"uid", peer.uid}});
      close(fresh);
      return;
    }
    // the newest server is the one that lives
    drop_client();
    client_ = fresh;
    incoming_ = {};
    waits_to_send_ = false;
    watch(client_, kClient, EPOLLIN);
  }

  void drop_client() {
    if (client_ < 0) return;
    close(client_);
    client_ = -1;
    supervisor_.disconnected();
  }

  void read_client() {
    char buffer[kReadBytes];
    while (client_ >= 0) {
      const auto got = read(client_, buffer, sizeof buffer);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got <= 0) return drop_client();
      incoming_.add({buffer, static_cast<std::size_t>(got)});
      bool broken = false;
      while (const auto body = incoming_.next(broken)) {
        const auto order = read_order(*body);
        if (!order) broken = true;
        if (broken) break;
        if (const auto* hello = std::get_if<Hello>(&*order)) follow_program(hello->program);
        supervisor_.obey(*order);
      }
      if (broken) {
        base::log::error("runner.order_not_understood");
        return drop_client();
      }
    }
  }

  // A server of another program than this one was started by: that program goes on in this one's place. The
  // server's connection ends with it, and its next one is answered there.
  void follow_program(const std::string& program) {
    const auto identity = identity_of_program(program);
    if (identity.empty() || identity == program_) return;
    if (!accepts_handover(program)) {
      base::log::warning("runner.program_not_followed", {{"program", program}});
      program_ = identity;  // asked once
      return;
    }
    Handover handover{.lock = lock_, .listener = listener_, .program = identity, .jobs = {}, .waiting = {}};
    std::string bytes;
    auto descriptors = supervisor_.hand_over(handover, bytes);
    descriptors.push_back(lock_);
    descriptors.push_back(listener_);
    base::log::info("runner.follows_program", {{"program", program}});
    base::kill_point("handover.before_exec");
    const auto why = execute(program, options_.data_dir.string(), bytes, descriptors);
    base::log::error("runner.program_not_executed", {{"program", program}, {"why", why}});
  }

  bool gathers(SteadyTime now) {
    if (!supervisor_.has_backlog()) return gathering_until_.reset(), false;
    if (!gathering_until_) gathering_until_ = now + kGather;
    if (now < *gathering_until_) return true;
    gathering_until_.reset();
    return false;
  }

  void flush() {
    if (!supervisor_.reports().empty()) base::kill_point("report.before_journal");
    supervisor_.keep();
    auto& unsent = supervisor_.reports();
    if (client_ < 0 || unsent.empty()) return;
    base::kill_point("report.journalled");
    const auto sent = send(client_, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    base::kill_point("report.sent");
    if (sent < 0 && errno != EAGAIN) return drop_client();
    if (sent > 0) unsent.erase(0, static_cast<std::size_t>(sent));
    if (unsent.size() > kMaxUnsentBytes) return drop_client();
    epoll_event event{};
    event.events = unsent.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT;
    event.data.u64 = kClient;
    if (waits_to_send_ != !unsent.empty()) epoll_ctl(epoll_, EPOLL_CTL_MOD, client_, &event);
    waits_to_send_ = !unsent.empty();
  }

  const RunnerOptions& options_;
  int epoll_;
  const int lock_;
  int listener_;
  std::string program_;  // identity of what this runner is
  Supervisor supervisor_;
  int client_ = -1;
  int signals_ = -1;
  FrameBuffer incoming_;
  bool waits_to_send_ = false;
  std::optional<SteadyTime> gathering_until_;
  bool stopping_ = false;
  SteadyTime idle_since_;
};

int refuse(const std::string& why, int code) {
  std::fprintf(stderr, "mini-scheduler runner: %s\n", why.c_str());
  return code;
}

}  // namespace

std::filesystem::path socket_path(const std::filesystem::path& data_dir) {
  return data_dir / "runner.sock";
}

int run_runner(const RunnerOptions& options) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::error_code failure;
  std::filesystem::create_directories(options.data_dir, failure);
  const auto lock_path = (options.data_dir / "runner.lock").string();
  auto handover = options.handover_fd >= 0 ? read_handover(read_all(options.handover_fd)) : std::nullopt;
  if (handover) {
    fcntl(handover->lock, F_SETFD, FD_CLOEXEC);
    fcntl(handover->listener, F_SETFD, FD_CLOEXEC);
  } else if (options.handover_fd >= 0) {
    base::log::error("runner.handover_unreadable");  // what lives is then found by the journal
  }
  const int lock = handover ? handover->lock : open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return refuse(lock_path + ": " + std::strerror(errno), 1);
  if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
    return refuse("another runner serves " + options.data_dir.string() + " already", kAlreadyServed);
  }
  try {
    Loop loop(options, lock, std::move(handover));
    loop.catch_signals();
    if (const auto why = loop.open_socket(); !why.empty()) return refuse(why, 1);
    if (options.ready_fd >= 0) {
      static_cast<void>(write(options.ready_fd, "1", 1));
      close(options.ready_fd);
    }
    prepare_to_spawn();
    loop.run();
    unlink(socket_path(options.data_dir).c_str());
  } catch (const std::exception& error) {
    return refuse(error.what(), 1);
  }
  return 0;
}

}  // namespace runner
