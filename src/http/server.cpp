#include "http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "http/awaiting.h"
#include "http/connection.h"
#include "http/origin.h"

namespace http {
namespace {

// How often connections are looked over for one that is too slow.
constexpr std::chrono::milliseconds kSweepInterval{500};
// How long to wait when the process has no descriptors left for a new connection.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Whether the certificate's files have changed is looked for at each so many-th sweep.
constexpr int kSweepsPerLook = 4;

using Guard = asio::executor_work_guard<asio::io_context::executor_type>;

}  // namespace

struct Server::Parts {
  Parts(const Router& routes, const base::Clock& time, ServerOptions wanted)
      : options(std::move(wanted)),
        handlers(options.handler_threads, options.limits.waiting_requests),
        changes(options.change_threads, options.limits.waiting_requests),
        passwords(options.password_threads, options.limits.waiting_passwords),
        room(options.limits.connections_from_one),
        certificate({options.certificate_file, options.key_file}),
        shared{routes,
               time,
               options,
               handlers,
               changes,
               passwords,
               counters,
               room,
               options.trusted_proxies,
               options.certificate_file.empty() ? nullptr : &certificate} {}

  asio::awaitable<void> accept();
  void welcome(asio::ip::tcp::socket socket, IoThread& thread);
  asio::awaitable<void> sweep(IoThread& thread);
  void on_every_thread(const std::function<void(IoThread&)>& act);
  void wait_for_connections(Steady::time_point until);

  ServerOptions options;
  Counters counters;
  std::vector<std::unique_ptr<IoThread>> io;  // outlives the pools, whose work ends there
  WorkerPool handlers;
  WorkerPool changes;
  WorkerPool passwords;
  ConnectionRoom room;
  Certificate certificate;
  Shared shared;
  std::vector<Guard> guards;
  std::vector<std::thread> threads;
  std::optional<asio::ip::tcp::acceptor> acceptor;
  std::uint16_t port = 0;
  std::size_t next_thread = 0;
};

asio::awaitable<void> Server::Parts::accept() {
  while (acceptor->is_open()) {
    IoThread& thread = *io[next_thread++ % io.size()];
    auto [error, socket] = co_await acceptor->async_accept(thread.context, kErrorAsValue);
    if (error == asio::error::operation_aborted || !acceptor->is_open()) co_return;
    if (error) {
      base::log::warning("http.accept_failed", {{"why", error.message()}});
      io.front()->make_room(Steady::now());  // this one runs here
      asio::steady_timer pause(co_await asio::this_coro::executor, kAcceptPause);
      co_await pause.async_wait(kErrorAsValue);
      continue;
    }
    counters.connections.fetch_add(1);
    asio::post(thread.context,
               [this, &thread, taken = std::move(socket)]() mutable { welcome(std::move(taken), thread); });
  }
}

// On the connection's own thread, where another one may have to go for it.
void Server::Parts::welcome(asio::ip::tcp::socket socket, IoThread& thread) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  const auto ip = error ? std::string() : remote.address().to_string();
  const bool is_bounded =
      !options.trusted_proxies.contains(ip) && (options.limits.count_loopback || !is_loopback_address(ip));
  const auto place = is_bounded ? place_of(ip) : std::string();
  const bool has_place = place.empty() || room.take(place);
  const bool is_full = counters.connections.load() > options.limits.connections;
  bool evicted = false;
  if (has_place && is_full) evicted = thread.make_room(Steady::now());
  if (evicted) counters.evicted.fetch_add(1);
  if (error || thread.stopping || !has_place || (is_full && !evicted)) {
    if (has_place && !place.empty()) room.give_back(place);
    counters.refused.fetch_add(1);
    counters.connections.fetch_sub(1);
    return;  // closed here
  }
  const auto connection = std::make_shared<Connection>(std::move(socket), shared, thread, place);
  asio::co_spawn(thread.context, connection->run(), [connection](const std::exception_ptr& failure) {
    if (failure) base::log::error("http.connection_failed", {});
  });
}

asio::awaitable<void> Server::Parts::sweep(IoThread& thread) {
  for (int sweeps = 0; !thread.ended; ++sweeps) {
    thread.sweep_timer.expires_after(kSweepInterval);
    co_await thread.sweep_timer.async_wait(kErrorAsValue);
    const auto now = Steady::now();
    for (Connection* connection : thread.connections) {
      if (connection->is_overdue(now)) connection->cut();
    }
    if (shared.certificate != nullptr && &thread == io.front().get() && sweeps % kSweepsPerLook == 0)
      certificate.load_if_changed();
  }
}

void Server::Parts::on_every_thread(const std::function<void(IoThread&)>& act) {
  for (auto& thread : io) {
    asio::post(thread->context, [act, &thread = *thread] { act(thread); });
  }
}

void Server::Parts::wait_for_connections(Steady::time_point until) {
  constexpr std::chrono::milliseconds kLook{2};
  while (counters.connections.load() > 0 && Steady::now() < until) std::this_thread::sleep_for(kLook);
}

Server::Server(const Router& router, const base::Clock& clock, ServerOptions options)
    : parts_(std::make_unique<Parts>(router, clock, std::move(options))) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
}

base::Result<void> Server::start() {
  const auto& options = parts_->options;
  if (parts_->shared.certificate != nullptr) {
    if (auto loaded = parts_->certificate.load(); !loaded) return loaded;
  }
  for (int number = 0; number < std::max(1, options.io_threads); ++number) {
    parts_->io.push_back(std::make_unique<IoThread>());
    parts_->guards.emplace_back(parts_->io.back()->context.get_executor());
  }
  const auto refuse = [&](const boost::system::error_code& error) {
    std::string mend = "free the address or choose another with --host and --port";
    if (error == asio::error::address_in_use) mend = "stop what listens there, or choose another with --port";
    return base::make_error(base::ErrorKind::conflict, "can't listen on " + options.host + " port " +
                                                           std::to_string(options.port) + ": " +
                                                           error.message() + "; " + mend);
  };
  boost::system::error_code error;
  const auto address =
      asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  if (error) return refuse(error);
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  auto& acceptor = parts_->acceptor.emplace(parts_->io.front()->context);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refuse(error);
  parts_->port = acceptor.local_endpoint().port();
  asio::co_spawn(parts_->io.front()->context, parts_->accept(), asio::detached);
  for (auto& thread : parts_->io) {
    asio::co_spawn(thread->context, parts_->sweep(*thread), asio::detached);
    parts_->threads.emplace_back([&context = thread->context] { context.run(); });
  }
  return {};
}

std::uint16_t Server::port() const {
  return parts_->port;
}

base::Result<void> Server::reload_certificate() {
  if (parts_->shared.certificate == nullptr) return {};
  return parts_->certificate.load();
}

void Server::stop(std::chrono::milliseconds deadline) {
  if (parts_->threads.empty()) return;
  const auto until = Steady::now() + deadline;
  asio::post(parts_->io.front()->context, [this] {
    boost::system::error_code ignored;
    parts_->acceptor->close(ignored);
  });
  parts_->on_every_thread([](IoThread& thread) {
    thread.stopping = true;
    // Copied: a connection that ends leaves the set.
    const auto all = thread.connections;
    for (Connection* connection : all) connection->drain();
  });
  parts_->wait_for_connections(until);
  parts_->on_every_thread([](IoThread& thread) {
    const auto all = thread.connections;
    for (Connection* connection : all) connection->cut();
  });
  parts_->wait_for_connections(
      Steady::time_point::max());  // handlers that still run have an end of their own
  parts_->on_every_thread([](IoThread& thread) {
    thread.ended = true;
    thread.sweep_timer.cancel();
  });
  parts_->guards.clear();
  for (auto& thread : parts_->threads) thread.join();
  parts_->threads.clear();
}

ServerFigures Server::figures() const {
  const auto& counters = parts_->counters;
  ServerFigures figures;
  figures.requests = counters.requests;
  for (std::size_t kind = 0; kind < std::size(figures.responses_by_class); ++kind) {
    figures.responses_by_class[kind] = counters.by_class[kind];
  }
  figures.request_microseconds = counters.microseconds;
  figures.bytes_sent = counters.bytes;
  figures.refused_connections = counters.refused;
  figures.evicted_connections = counters.evicted;
  figures.connections = counters.connections;
  figures.streams = counters.streams;
  figures.waiting_requests = parts_->handlers.waiting() + parts_->changes.waiting();
  return figures;
}

}  // namespace http
