// One client's connection as a coroutine, and what all connections of one I/O thread share.
// Heavy (Asio): included by server.cpp, connection.cpp and transport.cpp only.
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <unordered_set>

#include "base/clock.h"
#include "http/certificate.h"
#include "http/connection_room.h"
#include "http/delivery.h"
#include "http/proxies.h"
#include "http/request_reader.h"
#include "http/server.h"
#include "http/transport.h"
#include "http/worker_pool.h"

namespace http {

using Steady = std::chrono::steady_clock;

// Counters of all I/O threads.
struct Counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> by_class[6] = {};
  std::atomic<std::uint64_t> microseconds{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> evicted{0};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> streams{0};
};

// What every connection may use.
struct Shared {
  const Router& router;
  const base::Clock& clock;
  const ServerOptions& options;
  WorkerPool& handlers;
  WorkerPool& changes;
  WorkerPool& passwords;
  Counters& counters;
  ConnectionRoom& room;
  const AddressList& trusted_proxies;
  Certificate* certificate;  // nullptr: plain HTTP
};

class Connection;

// One I/O thread's loop with its connections. Everything here is used on that thread alone, but `context`.
struct IoThread {
  asio::io_context context{1};
  std::unordered_set<Connection*> connections;
  // Those that wait for their client's next request, and those that wait for the rest of one or for their
  // client to take an answer; the longest first. Where a newcomer finds no room, the first of them goes.
  std::list<Connection*> idle, slow;
  asio::steady_timer sweep_timer{context};
  bool stopping = false;  // no new requests
  bool ended = false;     // no connections any more
  std::int64_t date_second = -1;
  std::string date;

  std::string_view date_now(const base::Clock& clock);
  // Cuts the connection that has been idle for longest, or else the one that has been slow for longest and
  // for more than a second; false where there is none.
  bool make_room(Steady::time_point now);
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, Shared& shared, IoThread& thread, std::string place);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> run();
  // The server stops: an idle connection ends, an event stream too; a request is answered first.
  void drain();
  // Ends at once.
  void cut();
  bool is_overdue(Steady::time_point now) const { return now > deadline_; }
  Steady::time_point waiting_since() const { return waiting_since_; }

 private:
  enum class ReadOutcome { ready, closed, refused };
  struct Wake;

  asio::awaitable<void> serve();
  asio::awaitable<ReadOutcome> read_request();
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
  // Stands at the end of that list from now on; nullptr: in none.
  void wait_in(std::list<Connection*>* list);

  Transport transport_;
  Shared& shared_;
  IoThread& thread_;
  const std::string place_;  // in the room, to be given back
  RequestReader reader_;
  Peer peer_;
  Request request_;
  bool keep_alive_ = true;
  std::string head_;
  bool idle_ = true;
  Steady::time_point deadline_;
  Steady::time_point waiting_since_;
  std::list<Connection*> node_{this};  // this connection's link, while it stands in no list
  std::list<Connection*>* list_ = nullptr;
  std::list<Connection*>::iterator link_ = node_.begin();
  std::shared_ptr<Wake> wake_;
};

}  // namespace http
