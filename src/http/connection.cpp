#include "http/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "http/awaiting.h"
#include "http/event_queue.h"
#include "http/plain_on_tls.h"
#include "http/problem.h"

namespace http {
namespace {

constexpr std::size_t kChunkBytes = 64 << 10;
// So much of a refused request is read and thrown away, so that the refusal is not lost to a reset.
constexpr std::size_t kMaxLingerBytes = 1 << 20;
// So much is given to a client at once; it has the write timeout's time for each.
constexpr std::size_t kWriteBytes = 256 << 10;
// Who waits for his client for longer than this may have to go for a newcomer.
constexpr std::chrono::milliseconds kSlow{1000};
constexpr std::chrono::milliseconds kGoodbye{1000};
constexpr std::chrono::milliseconds kLinger{2000};

}  // namespace

// What wakes an event stream: used on the I/O thread, `pending` aside.
struct Connection::Wake {
  explicit Wake(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  std::atomic<bool> pending{false};
  bool gone = false;  // the client, or the server is stopping
};

std::string_view IoThread::date_now(const base::Clock& clock) {
  const std::int64_t second = base::to_unix_ms(clock.now()) / 1000;
  if (second != date_second) {
    date_second = second;
    date = http_date(second);
  }
  return date;
}

bool IoThread::make_room(Steady::time_point now) {
  if (!idle.empty()) {
    idle.front()->cut();
    return true;
  }
  if (slow.empty() || now - slow.front()->waiting_since() < kSlow) return false;
  slow.front()->cut();
  return true;
}

Connection::Connection(asio::ip::tcp::socket socket, Shared& shared, IoThread& thread, std::string place)
    : transport_(std::move(socket)),
      shared_(shared),
      thread_(thread),
      place_(std::move(place)),
      reader_(shared.router, {shared.options.limits.header_bytes, shared.options.limits.target_bytes}) {
  expect_within(shared_.options.limits.idle_timeout);
  thread_.connections.insert(this);
}

Connection::~Connection() {
  wait_in(nullptr);
  thread_.connections.erase(this);
  if (!place_.empty()) shared_.room.give_back(place_);
  shared_.counters.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::wait_in(std::list<Connection*>* list) {
  auto& from = list_ == nullptr ? node_ : *list_;
  auto& to = list == nullptr ? node_ : *list;
  to.splice(to.end(), from, link_);
  list_ = list;
  if (list != nullptr) waiting_since_ = Steady::now();
}

void Connection::drain() {
  if (idle_ && !reader_.has_begun()) cut();
  if (wake_) {
    wake_->gone = true;
    wake_->timer.cancel();
  }
}

void Connection::cut() {
  wait_in(nullptr);
  transport_.close();
  if (wake_) {
    wake_->gone = true;
    wake_->timer.cancel();
  }
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  const auto peer = transport_.prepare();
  if (!peer) co_return;
  peer_ = *peer;
  if (shared_.certificate != nullptr) {
    expect_within(shared_.options.limits.header_timeout);
    wait_in(&thread_.slow);
    const auto context = shared_.certificate->context();
    const bool shaken = co_await transport_.shake_hands(context);
    wait_in(nullptr);
    if (!shaken) co_return;
  }
  co_await serve();
  transport_.close();
}

asio::awaitable<void> Connection::serve() {
  while (!thread_.stopping || reader_.has_begun()) {
    idle_ = true;
    const auto outcome = co_await read_request();
    if (outcome == ReadOutcome::closed) co_return;
    const auto began = Steady::now();
    Response response;
    if (outcome == ReadOutcome::refused) {
      request_ = reader_.take();
      request_.peer = peer_;
      response = shared_.router.as_readable(request_, reader_.take_refusal());
    } else {
      request_ = reader_.take();
      request_.peer = peer_;
      request_.secure = transport_.is_secure();
      apply_forwarding(request_, shared_.trusted_proxies);
      response = co_await respond();
    }
    account(response, began);
    keep_alive_ = reader_.keeps_alive() && keep_alive_ && !thread_.stopping;
    const bool sent = co_await send(response);
    if (!sent) co_return;
    if (!keep_alive_) {
      if (outcome == ReadOutcome::refused) {
        co_await linger();
      } else {
        expect_within(kGoodbye);
        co_await transport_.end_output();
      }
      co_return;
    }
  }
}

// Reads until the reader has one request whole.
asio::awaitable<Connection::ReadOutcome> Connection::read_request() {
  const auto& limits = shared_.options.limits;
  bool had_head = false;
  request_ = Request();
  reader_.rest();
  expect_within(limits.idle_timeout);
  wait_in(&thread_.idle);
  while (true) {
    if (reader_.has_begun()) {
      const bool began = idle_;
      idle_ = false;
      const auto progress = reader_.advance();
      if (progress != RequestReader::Progress::more) {
        wait_in(nullptr);
        co_return progress == RequestReader::Progress::ready ? ReadOutcome::ready : ReadOutcome::refused;
      }
      if (began) {
        expect_within(limits.header_timeout);
        wait_in(&thread_.slow);
      }
      if (reader_.is_in_body() && !had_head) {
        had_head = true;
        expect_within(limits.body_timeout);
        if (reader_.take_expectation()) {
          const bool told = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
          if (!told) co_return ReadOutcome::closed;
        }
      }
    }
    const auto bytes = co_await transport_.read();
    if (bytes.empty()) co_return ReadOutcome::closed;
    reader_.give(bytes);
  }
}

// Runs the work on that pool and comes back to this thread; false when the pool is full. The work is a named
// object of the caller's in every call: GCC 12 destroys temporaries of a co_await expression twice.
asio::awaitable<bool> Connection::run_on_pool(WorkerPool& pool, const std::function<void()>& work) {
  const auto executor = transport_.get_executor();
  const auto start = [&pool, &work, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto finish = [shared, executor](bool ran) {
      asio::post(executor, [shared, ran] { std::move (*shared)(ran); });
    };
    const bool taken = pool.submit([&work, finish] {
      work();
      finish(true);
    });
    if (!taken) finish(false);
  };
  const bool ran =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(start, asio::use_awaitable);
  co_return ran;
}

asio::awaitable<Response> Connection::respond() {
  if (shared_.certificate != nullptr && !transport_.is_secure()) {
    keep_alive_ = false;
    co_return answer_plain(shared_.router, request_);
  }
  if (auto quick = shared_.router.handle_quickly(request_)) co_return std::move(*quick);
  // While a handler runs nothing is expected of the client.
  deadline_ = Steady::time_point::max();
  const Route* route = shared_.router.find(request_.method, request_.target);
  const bool slow_lane = route != nullptr && route->lane == Lane::passwords;
  Response response;
  const std::function<void()> work = [&] { response = shared_.router.handle(request_); };
  WorkerPool& common = is_safe(request_.method) ? shared_.handlers : shared_.changes;
  const bool ran = co_await run_on_pool(slow_lane ? shared_.passwords : common, work);
  if (ran) co_return response;
  auto refusal = slow_lane
                     ? problem(429, "too many log-ins at once; try again in a few seconds")
                     : problem(503, "the server has more requests than it can answer now; try again shortly");
  co_return shared_.router.as_readable(request_, std::move(refusal));
}

void Connection::account(const Response& response, Steady::time_point began) {
  auto& counters = shared_.counters;
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began);
  counters.requests.fetch_add(1, std::memory_order_relaxed);
  counters.by_class[response.status / 100 % 6].fetch_add(1, std::memory_order_relaxed);
  counters.microseconds.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  if (shared_.options.access_log) {
    base::log::debug("http.request", {{"method", to_string(request_.method)},
                                      {"path", request_.path},
                                      {"status", response.status},
                                      {"us", took.count()},
                                      {"from", peer_.ip}});
  }
}

asio::awaitable<bool> Connection::send(Response& response) {
  apply_conditions(request_, response);
  const bool has_body = sends_body(request_, response);
  if (std::holds_alternative<std::shared_ptr<EventSource>>(response.body) &&
      shared_.counters.streams.load(std::memory_order_relaxed) >= shared_.options.limits.streams) {
    response = problem(503, "as many event streams are open as may be; close one, or try again later");
  }
  auto* events = std::get_if<std::shared_ptr<EventSource>>(&response.body);
  head_.clear();
  append_head(head_, request_, response, {keep_alive_ && events == nullptr, thread_.date_now(shared_.clock)});
  expect_within(shared_.options.limits.write_timeout);
  if (auto* source = std::get_if<std::shared_ptr<ByteSource>>(&response.body);
      source != nullptr && has_body) {
    if (!co_await write(head_, {})) co_return false;
    co_return co_await send_bytes(**source, response.first, response.length.value_or((*source)->size()));
  }
  if (events != nullptr) {
    keep_alive_ = false;
    const bool sent = co_await write(head_, {});
    if (sent && has_body) co_await send_events(**events);
    co_return sent;
  }
  std::string_view body;
  if (has_body)
    body = response.body_text().substr(response.first, response.length.value_or(std::string_view::npos));
  co_return co_await write(head_, body);
}

asio::awaitable<bool> Connection::send_bytes(ByteSource& source, std::uint64_t first, std::uint64_t length) {
  std::string chunk;
  while (length > 0) {
    chunk.resize(std::min<std::uint64_t>(length, kChunkBytes));
    std::size_t got = 0;
    const std::function<void()> work = [&] {
      try {
        got = source.read(first, chunk);
      } catch (const std::exception& failure) {
        base::log::error("http.body_failed", {{"path", request_.path}, {"why", failure.what()}});
      }
    };
    const bool ran = co_await run_on_pool(shared_.handlers, work);
    if (!ran || got == 0 || got > chunk.size()) co_return false;
    expect_within(shared_.options.limits.write_timeout);
    if (!co_await write(std::string_view(chunk).substr(0, got), {})) co_return false;
    first += got;
    length -= got;
  }
  co_return true;
}

// Notices that the client is gone (it sends nothing more, so whatever comes is dropped).
asio::awaitable<void> Connection::watch_client(std::shared_ptr<Wake> wake) {
  const auto self = shared_from_this();
  while (!wake->gone) {
    const auto dropped = co_await transport_.read();
    if (dropped.empty()) break;
  }
  wake->gone = true;
  wake->timer.cancel();
}

asio::awaitable<void> Connection::send_events(EventSource& source) {
  const auto executor = transport_.get_executor();
  wake_ = std::make_shared<Wake>(executor);
  const auto wake = wake_;
  wake->gone = thread_.stopping;
  shared_.counters.streams.fetch_add(1, std::memory_order_relaxed);
  asio::co_spawn(executor, watch_client(wake), asio::detached);
  source.open([weak = std::weak_ptr<Wake>(wake), executor] {
    const auto still = weak.lock();
    if (!still || still->pending.exchange(true)) return;
    asio::post(executor, [still] { still->timer.cancel(); });
  });
  auto last_sent = Steady::now();
  while (!wake->gone) {
    wake->pending = false;
    EventSource::Batch batch;
    const std::function<void()> take = [&] {
      try {
        batch = source.take(kChunkBytes);
      } catch (const std::exception& failure) {
        base::log::error("http.stream_failed", {{"path", request_.path}, {"why", failure.what()}});
        batch.ended = true;
      }
    };
    deadline_ = Steady::time_point::max();
    if (source.blocks()) {
      const bool ran = co_await run_on_pool(shared_.handlers, take);
      batch.more = batch.more || !ran;  // the pool is full: try again after the others
    } else {
      take();
    }
    if (batch.text.empty() && Steady::now() - last_sent >= shared_.options.limits.heartbeat)
      batch.text = format_event("", "heartbeat", "{}");
    if (!batch.text.empty()) {
      expect_within(shared_.options.limits.write_timeout);
      if (!co_await write(batch.text, {})) break;
      last_sent = Steady::now();
      deadline_ = Steady::time_point::max();
    }
    if (batch.ended) break;
    if (batch.more && !batch.text.empty()) continue;
    constexpr auto kRetry = std::chrono::milliseconds(20);
    if (wake->gone || (wake->pending && !batch.more)) continue;
    wake->timer.expires_at(batch.more ? Steady::now() + kRetry
                                      : last_sent + shared_.options.limits.heartbeat);
    co_await wake->timer.async_wait(kErrorAsValue);
  }
  wake->gone = true;
  wake_.reset();
  shared_.counters.streams.fetch_sub(1, std::memory_order_relaxed);
}

// Most responses fit into the socket's buffer: tried at once, and only the rest waits, piece by piece.
asio::awaitable<bool> Connection::write(std::string_view first, std::string_view second) {
  const auto sent = transport_.write_some(first, second);
  if (!sent) co_return false;
  shared_.counters.bytes.fetch_add(first.size() + second.size(), std::memory_order_relaxed);
  const std::size_t of_first = std::min(*sent, first.size());
  first.remove_prefix(of_first);
  second.remove_prefix(*sent - of_first);
  bool taken = true;
  auto* const before = list_;
  while (taken && first.size() + second.size() > 0) {
    wait_in(&thread_.slow);
    if (before == nullptr) expect_within(shared_.options.limits.write_timeout);
    const auto piece = second.substr(0, kWriteBytes);
    taken = co_await transport_.write(first, piece);
    first = {};
    second.remove_prefix(piece.size());
  }
  wait_in(before);
  co_return taken;
}

// Closes so that the client can read what was sent: our half first, then waits for its end.
asio::awaitable<void> Connection::linger() {
  expect_within(kLinger);
  idle_ = true;
  wait_in(&thread_.slow);
  co_await transport_.end_output();
  for (std::size_t total = 0; total < kMaxLingerBytes;) {
    const auto dropped = co_await transport_.read();
    if (dropped.empty()) co_return;
    total += dropped.size();
  }
}

}  // namespace http
