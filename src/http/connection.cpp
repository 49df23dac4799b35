#include "http/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/log.h"
#include "http/problem.h"

namespace http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::string_body>;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kReadBytes = 8 << 10;
constexpr std::size_t kChunkBytes = 64 << 10;
// So much of a refused request is read and thrown away, so that the refusal is not lost to a reset.
constexpr std::size_t kMaxLingerBytes = 1 << 20;

std::string address_text(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

Response refusal_of(boost::system::error_code error) {
  if (error == beast::http::error::header_limit)
    return problem(431, "the request's header is larger than the server takes");
  if (error == beast::http::error::body_limit)
    return problem(413, "the body is larger than this route takes");
  return problem(400, "this is not a well-formed HTTP/1.1 request: " + error.message());
}

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

Connection::Connection(asio::ip::tcp::socket socket, Shared& shared, IoThread& thread)
    : socket_(std::move(socket)), shared_(shared), thread_(thread) {
  expect_within(shared_.options.limits.idle_timeout);
  thread_.connections.insert(this);
}

Connection::~Connection() {
  thread_.connections.erase(this);
  shared_.counters.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::drain() {
  if (phase_ == Phase::idle && buffer_.size() == 0) cut();
  if (wake_) {
    wake_->gone = true;
    wake_->timer.cancel();
  }
}

void Connection::cut() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (wake_) {
    wake_->gone = true;
    wake_->timer.cancel();
  }
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  const auto remote = socket_.remote_endpoint(error);
  if (error) co_return;
  const auto local = socket_.local_endpoint(error);
  if (error) co_return;
  peer_ = {address_text(remote.address()), remote.port(), address_text(local.address()), local.port()};
  while (!thread_.stopping || buffer_.size() > 0) {
    phase_ = Phase::idle;
    const auto outcome = co_await read_request();
    if (outcome == ReadOutcome::closed) break;
    const auto began = Steady::now();
    Response response;
    if (outcome == ReadOutcome::refused) {
      response = std::move(refusal_);
    } else {
      response = co_await respond();
    }
    account(response, began);
    keep_alive_ = keep_alive_ && outcome == ReadOutcome::ready && !thread_.stopping;
    const bool sent = co_await send(response);
    if (!sent) break;
    if (!keep_alive_) {
      if (outcome == ReadOutcome::refused) co_await linger();
      break;
    }
  }
  socket_.close(error);
}

asio::awaitable<bool> Connection::read_more() {
  const auto [error, count] = co_await socket_.async_read_some(buffer_.prepare(kReadBytes), kTuple);
  if (error) co_return false;
  buffer_.commit(count);
  co_return true;
}

// Reads one request into request_. What follows it stays in the buffer for the next one.
asio::awaitable<Connection::ReadOutcome> Connection::read_request() {
  const auto& limits = shared_.options.limits;
  request_ = Request();
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser.body_limit(boost::none);
  boost::system::error_code error;
  const auto refuse = [&](Response response) {
    refusal_ = std::move(response);
    keep_alive_ = false;
    return ReadOutcome::refused;
  };
  expect_within(limits.idle_timeout);
  if (buffer_.size() == 0 && !co_await read_more()) co_return ReadOutcome::closed;
  phase_ = Phase::request;
  expect_within(limits.header_timeout);
  while (!parser.is_header_done()) {
    buffer_.consume(parser.put(buffer_.data(), error));
    if (error && error != beast::http::error::need_more) co_return refuse(refusal_of(error));
    if (!parser.is_header_done() && !co_await read_more()) co_return ReadOutcome::closed;
    error = {};
  }
  auto& message = parser.get();
  request_.method = parse_method({message.method_string().data(), message.method_string().size()});
  request_.target.assign(message.target().data(), message.target().size());
  request_.peer = peer_;
  keep_alive_ = message.keep_alive();
  if (request_.target.size() > limits.target_bytes)
    co_return refuse(problem(414, "the URL is longer than the server takes"));
  if (message.version() != 11 && message.version() != 10)
    co_return refuse(problem(400, "only HTTP/1.1 and HTTP/1.0 are spoken here"));
  for (const auto& field : message) {
    request_.headers.add(std::string(field.name_string().data(), field.name_string().size()),
                         std::string(field.value().data(), field.value().size()));
  }
  if (parser.is_done()) co_return ReadOutcome::ready;

  expect_within(limits.body_timeout);
  const Route* route = shared_.router.find(request_.method, request_.target);
  const std::size_t max_body = route == nullptr ? kMaxBodyBytes : route->max_body;
  const auto announced = parser.content_length();
  if (announced && *announced > max_body) {
    co_return refuse(problem(413, "the body has " + std::to_string(*announced) + " bytes, at most " +
                                      std::to_string(max_body) + " are taken here"));
  }
  parser.body_limit(max_body);
  parser.eager(true);
  if (beast::iequals(message[beast::http::field::expect], "100-continue") && buffer_.size() == 0 &&
      !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) {
    co_return ReadOutcome::closed;
  }
  while (!parser.is_done()) {
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.data(), error));
      if (error && error != beast::http::error::need_more) co_return refuse(refusal_of(error));
      error = {};
      if (parser.is_done()) break;
    }
    if (!co_await read_more()) co_return ReadOutcome::closed;
  }
  request_.body = std::move(message.body());
  co_return ReadOutcome::ready;
}

// Runs the work on that pool and comes back to this thread; false when the pool is full. The work is a named
// object of the caller's in every call: GCC 12 destroys temporaries of a co_await expression twice.
asio::awaitable<bool> Connection::run_on_pool(WorkerPool& pool, const std::function<void()>& work) {
  const auto executor = socket_.get_executor();
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
  if (auto quick = shared_.router.handle_quickly(request_)) co_return std::move(*quick);
  // While a handler runs nothing is expected of the client.
  deadline_ = Steady::time_point::max();
  const Route* route = shared_.router.find(request_.method, request_.target);
  const bool slow_lane = route != nullptr && route->lane == Lane::passwords;
  Response response;
  const std::function<void()> work = [&] { response = shared_.router.handle(request_); };
  const bool ran = co_await run_on_pool(slow_lane ? shared_.passwords : shared_.handlers, work);
  if (!ran && slow_lane) co_return problem(429, "too many log-ins at once; try again in a few seconds");
  if (!ran) co_return problem(503, "the server has more requests than it can answer now; try again shortly");
  co_return response;
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
  char dropped[256];
  while (!wake->gone) {
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(dropped), kTuple);
    if (error) break;
  }
  wake->gone = true;
  wake->timer.cancel();
}

asio::awaitable<void> Connection::send_events(EventSource& source) {
  const auto executor = socket_.get_executor();
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
      batch.text = ":\n\n";
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
    co_await wake->timer.async_wait(kTuple);
  }
  wake->gone = true;
  wake_.reset();
  shared_.counters.streams.fetch_sub(1, std::memory_order_relaxed);
}

// Most responses fit into the socket's buffer: tried at once, and only the rest waits.
asio::awaitable<bool> Connection::write(std::string_view first, std::string_view second) {
  boost::system::error_code error;
  const std::array<asio::const_buffer, 2> both{asio::buffer(first), asio::buffer(second)};
  std::size_t sent = socket_.write_some(both, error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    error = {};
    sent = 0;
  }
  if (error) co_return false;
  shared_.counters.bytes.fetch_add(first.size() + second.size(), std::memory_order_relaxed);
  if (sent == first.size() + second.size()) co_return true;
  const std::size_t of_first = std::min(sent, first.size());
  const std::array<asio::const_buffer, 2> rest{asio::buffer(first.substr(of_first)),
                                               asio::buffer(second.substr(sent - of_first))};
  const auto [failed, count] = co_await asio::async_write(socket_, rest, kTuple);
  co_return !failed;
}

// Closes so that the client can read what was sent: our half first, then waits for its end.
asio::awaitable<void> Connection::linger() {
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) co_return;
  expect_within(std::chrono::milliseconds(2000));
  phase_ = Phase::idle;
  std::string dropped(kReadBytes, '\0');
  for (std::size_t total = 0; total < kMaxLingerBytes;) {
    const auto [failed, count] = co_await socket_.async_read_some(asio::buffer(dropped), kTuple);
    if (failed) co_return;
    total += count;
  }
}

}  // namespace http
