// One client's connection as a coroutine, and what all connections of one I/O thread share.
// Heavy (Asio, Beast): included by server.cpp and connection.cpp only.
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <unordered_set>

#include "base/clock.h"
#include "http/delivery.h"
#include "http/server.h"
#include "http/worker_pool.h"

namespace http {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

// Counters of all I/O threads.
struct Counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> by_class[6] = {};
  std::atomic<std::uint64_t> microseconds{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> streams{0};
};

// What every connection may use.
struct Shared {
  const Router& router;
  const base::Clock& clock;
  const ServerOptions& options;
  WorkerPool& handlers;
  WorkerPool& passwords;
  Counters& counters;
};

class Connection;

// One I/O thread's loop with its connections. Everything here is used on that thread alone, but `context`.
struct IoThread {
  asio::io_context context{1};
  std::unordered_set<Connection*> connections;
  asio::steady_timer sweep_timer{context};
  bool stopping = false;  // no new requests
  bool ended = false;     // no connections any more
  std::int64_t date_second = -1;
  std::string date;

  std::string_view date_now(const base::Clock& clock);
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, Shared& shared, IoThread& thread);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> run();
  // The server stops: an idle connection ends, an event stream too; a request is answered first.
  void drain();
  // Ends at once.
  void cut();
  bool is_overdue(Steady::time_point now) const { return now > deadline_; }

 private:
  enum class Phase { idle, request, stream };
  enum class ReadOutcome { ready, closed, refused };
  struct Wake;

  asio::awaitable<ReadOutcome> read_request();
  asio::awaitable<bool> read_more();
  asio::awaitable<Response> respond();
  asio::awaitable<bool> send(Response& response);
  asio::awaitable<bool> send_bytes(ByteSource& source, std::uint64_t first, std::uint64_t length);
  asio::awaitable<void> send_events(EventSource& source);
  asio::awaitable<void> watch_client(std::shared_ptr<Wake> wake);
  asio::awaitable<bool> write(std::string_view first, std::string_view second);
  asio::awaitable<void> linger();
  asio::awaitable<bool> run_on_pool(WorkerPool& pool, const std::function<void()>& work);
  void expect_within(std::chrono::milliseconds time) { deadline_ = Steady::now() + time; }
  void account(const Response& response, Steady::time_point began);

  asio::ip::tcp::socket socket_;
  Shared& shared_;
  IoThread& thread_;
  boost::beast::flat_buffer buffer_;
  Peer peer_;
  Request request_;
  bool keep_alive_ = true;
  Response refusal_;  // of a request that could not be read
  std::string head_;
  Phase phase_ = Phase::idle;
  Steady::time_point deadline_;
  std::shared_ptr<Wake> wake_;
};

}  // namespace http
