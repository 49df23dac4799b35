#include "runner/protocol.h"

#include "runner/wire.h"

namespace runner {
namespace {

constexpr std::size_t kLengthBytes = 4;

enum class Tag : std::uint8_t {
  hello,
  start,
  cancel,
  acknowledge,
  watch,
  welcome,
  started,
  finished,
  output_grew,
  ping,
  pong
};

template <class... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

void put(Writer& out, const AttemptKey& key) {
  out.i64(key.execution.value);
  out.i64(key.attempt);
}

AttemptKey read_key(Reader& in) {
  AttemptKey key;
  key.execution.value = in.i64();
  key.attempt = static_cast<int>(in.i64());
  return key;
}

void put(Writer& out, const std::optional<int>& value) {
  out.u8(value ? 1 : 0);
  out.i64(value.value_or(0));
}

std::optional<int> read_optional_int(Reader& in) {
  const bool present = in.flag();
  const auto value = static_cast<int>(in.i64());
  return present ? std::optional{value} : std::nullopt;
}

void put(Writer& out, const Started& started) {
  put(out, started.key);
  out.i64(started.pid);
  out.i64(base::to_unix_ms(started.started_at));
}

Started read_started_from(Reader& in) {
  Started started;
  started.key = read_key(in);
  started.pid = static_cast<pid_t>(in.i64());
  started.started_at = base::from_unix_ms(in.i64());
  return started;
}

void put(Writer& out, const Finished& finished) {
  put(out, finished.key);
  out.u8(static_cast<std::uint8_t>(finished.cause));
  out.i64(base::to_unix_ms(finished.started_at));
  out.i64(base::to_unix_ms(finished.finished_at));
  put(out, finished.exit_code);
  put(out, finished.signal);
  out.text(finished.error);
  out.i64(finished.cpu_ms);
  out.i64(finished.max_rss_bytes);
  out.i64(static_cast<std::int64_t>(finished.output_bytes));
  out.i64(static_cast<std::int64_t>(finished.output_dropped_bytes));
  out.u8(finished.pipes_cut ? 1 : 0);
  out.text(finished.log);
}

Finished read_finished_from(Reader& in) {
  Finished finished;
  finished.key = read_key(in);
  finished.cause =
      static_cast<EndCause>(std::min<std::uint8_t>(in.u8(), static_cast<std::uint8_t>(EndCause::lost)));
  finished.started_at = base::from_unix_ms(in.i64());
  finished.finished_at = base::from_unix_ms(in.i64());
  finished.exit_code = read_optional_int(in);
  finished.signal = read_optional_int(in);
  finished.error = in.text();
  finished.cpu_ms = in.i64();
  finished.max_rss_bytes = in.i64();
  finished.output_bytes = static_cast<std::uint64_t>(in.i64());
  finished.output_dropped_bytes = static_cast<std::uint64_t>(in.i64());
  finished.pipes_cut = in.flag();
  finished.log = in.text();
  return finished;
}

void put(Writer& out, const std::optional<std::int64_t>& value) {
  out.u8(value ? 1 : 0);
  out.i64(value.value_or(0));
}

std::optional<std::int64_t> read_optional_number(Reader& in) {
  const bool present = in.flag();
  const auto value = in.i64();
  return present ? std::optional{value} : std::nullopt;
}

void put(Writer& out, const Limits& limits) {
  for (const auto& limit :
       {limits.memory_bytes, limits.cpu_s, limits.open_files, limits.processes, limits.nice})
    put(out, limit);
}

Limits read_limits(Reader& in) {
  Limits limits;
  for (auto* limit :
       {&limits.memory_bytes, &limits.cpu_s, &limits.open_files, &limits.processes, &limits.nice})
    *limit = read_optional_number(in);
  return limits;
}

void put(Writer& out, const StartRequest& request) {
  put(out, request.key);
  out.list(request.argv, [&](const std::string& word) { out.text(word); });
  out.list(request.env, [&](const std::string& entry) { out.text(entry); });
  out.text(request.working_dir);
  out.text(request.run_as);
  out.text(request.stdin_text);
  out.i64(request.timeout.count());
  out.i64(request.kill_grace.count());
  out.i64(static_cast<std::int64_t>(request.max_output_bytes));
  out.u8(request.kill_leftovers ? 1 : 0);
  put(out, request.limits);
  out.text(request.log_path);
  out.list(request.masked, [&](const std::string& value) { out.text(value); });
  out.u8(request.no_new_privs ? 1 : 0);
  out.list(request.files, [&](const std::string& content) { out.text(content); });
}

StartRequest read_request_from(Reader& in) {
  StartRequest request;
  request.key = read_key(in);
  request.argv = in.list<std::string>([&] { return in.text(); });
  request.env = in.list<std::string>([&] { return in.text(); });
  request.working_dir = in.text();
  request.run_as = in.text();
  request.stdin_text = in.text();
  request.timeout = Milliseconds{in.i64()};
  request.kill_grace = Milliseconds{in.i64()};
  request.max_output_bytes = static_cast<std::uint64_t>(in.i64());
  request.kill_leftovers = in.flag();
  request.limits = read_limits(in);
  request.log_path = in.text();
  request.masked = in.list<std::string>([&] { return in.text(); });
  request.no_new_privs = in.flag();
  request.files = in.list<std::string>([&] { return in.text(); });
  return request;
}

template <class Body>
void frame(std::string& to, Tag tag, const Body& body) {
  const auto begin = to.size();
  to.append(kLengthBytes, '\0');
  Writer out(to);
  out.u8(static_cast<std::uint8_t>(tag));
  body(out);
  const auto length = static_cast<std::uint32_t>(to.size() - begin - kLengthBytes);
  for (std::size_t i = 0; i < kLengthBytes; ++i) to[begin + i] = static_cast<char>(length >> (8 * i) & 0xff);
}

template <class Value, class Result>
std::optional<Result> when_done(Reader& in, Value value) {
  if (!in.done()) return std::nullopt;
  return Result{std::move(value)};
}

}  // namespace

void append_frame(std::string& to, const Order& order) {
  std::visit(
      Overload{
          [&](const Hello& hello) {
            frame(to, Tag::hello, [&](Writer& out) {
              out.i64(hello.version);
              out.text(hello.program);
            });
          },
          [&](const Start& start) { frame(to, Tag::start, [&](Writer& out) { put(out, start.request); }); },
          [&](const Cancel& cancel) { frame(to, Tag::cancel, [&](Writer& out) { put(out, cancel.key); }); },
          [&](const Acknowledge& acknowledge) {
            frame(to, Tag::acknowledge, [&](Writer& out) {
              out.list(acknowledge.keys, [&](const AttemptKey& key) { put(out, key); });
            });
          },
          [&](const Watch& watch) {
            frame(to, Tag::watch, [&](Writer& out) {
              put(out, watch.key);
              out.u8(watch.on ? 1 : 0);
            });
          },
          [&](const Ping&) { frame(to, Tag::ping, [](Writer&) {}); }},
      order);
}

void append_frame(std::string& to, const Report& report) {
  std::visit(
      Overload{
          [&](const Welcome& welcome) {
            frame(to, Tag::welcome, [&](Writer& out) {
              out.i64(welcome.version);
              out.list(welcome.snapshot.running, [&](const Started& started) { put(out, started); });
              out.list(welcome.snapshot.finished, [&](const Finished& finished) { put(out, finished); });
              out.text(welcome.snapshot.kill_level);
            });
          },
          [&](const Started& started) { frame(to, Tag::started, [&](Writer& out) { put(out, started); }); },
          [&](const Finished& finished) {
            frame(to, Tag::finished, [&](Writer& out) { put(out, finished); });
          },
          [&](const OutputGrew& grew) {
            frame(to, Tag::output_grew, [&](Writer& out) {
              put(out, grew.key);
              out.i64(static_cast<std::int64_t>(grew.output_bytes));
            });
          },
          [&](const Pong&) { frame(to, Tag::pong, [](Writer&) {}); }},
      report);
}

std::optional<Order> read_order(std::string_view body) {
  Reader in(body);
  switch (static_cast<Tag>(in.u8())) {
    case Tag::hello: {
      Hello hello{.version = static_cast<std::uint32_t>(in.i64()), .program = {}};
      hello.program = in.text();
      return when_done<Hello, Order>(in, std::move(hello));
    }
    case Tag::start:
      return when_done<Start, Order>(in, Start{read_request_from(in)});
    case Tag::cancel:
      return when_done<Cancel, Order>(in, Cancel{read_key(in)});
    case Tag::acknowledge:
      return when_done<Acknowledge, Order>(in,
                                           Acknowledge{in.list<AttemptKey>([&] { return read_key(in); })});
    case Tag::watch: {
      Watch watch{.key = read_key(in)};
      watch.on = in.flag();
      return when_done<Watch, Order>(in, watch);
    }
    case Tag::ping:
      return when_done<Ping, Order>(in, Ping{});
    case Tag::welcome:
    case Tag::started:
    case Tag::finished:
    case Tag::output_grew:
    case Tag::pong:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Report> read_report(std::string_view body) {
  Reader in(body);
  switch (static_cast<Tag>(in.u8())) {
    case Tag::welcome: {
      Welcome welcome{.version = static_cast<std::uint32_t>(in.i64())};
      welcome.snapshot.running = in.list<Started>([&] { return read_started_from(in); });
      welcome.snapshot.finished = in.list<Finished>([&] { return read_finished_from(in); });
      welcome.snapshot.kill_level = in.text();
      return when_done<Welcome, Report>(in, std::move(welcome));
    }
    case Tag::started:
      return when_done<Started, Report>(in, read_started_from(in));
    case Tag::finished:
      return when_done<Finished, Report>(in, read_finished_from(in));
    case Tag::output_grew: {
      OutputGrew grew{.key = read_key(in)};
      grew.output_bytes = static_cast<std::uint64_t>(in.i64());
      return when_done<OutputGrew, Report>(in, grew);
    }
    case Tag::pong:
      return when_done<Pong, Report>(in, Pong{});
    case Tag::hello:
    case Tag::start:
    case Tag::cancel:
    case Tag::acknowledge:
    case Tag::watch:
    case Tag::ping:
      return std::nullopt;
  }
  return std::nullopt;
}

void append_request(std::string& to, const StartRequest& request) {
  Writer out(to);
  put(out, request);
}

std::optional<StartRequest> read_request(std::string_view body) {
  Reader in(body);
  return when_done<StartRequest, StartRequest>(in, read_request_from(in));
}

void append_started(std::string& to, const Started& started) {
  Writer out(to);
  put(out, started);
}

void append_finished(std::string& to, const Finished& finished) {
  Writer out(to);
  put(out, finished);
}

std::optional<Started> read_started(std::string_view body) {
  Reader in(body);
  return when_done<Started, Started>(in, read_started_from(in));
}

std::optional<Finished> read_finished(std::string_view body) {
  Reader in(body);
  return when_done<Finished, Finished>(in, read_finished_from(in));
}

std::optional<std::string_view> FrameBuffer::next(bool& broken) {
  if (begin_ > 0 && begin_ * 2 >= bytes_.size()) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  const std::string_view rest = std::string_view(bytes_).substr(begin_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    length |= std::size_t{static_cast<std::uint8_t>(rest[i])} << (8 * i);
  if (length > kMaxFrameBytes) {
    broken = true;
    return std::nullopt;
  }
  if (rest.size() < kLengthBytes + length) return std::nullopt;
  begin_ += kLengthBytes + length;
  return rest.substr(kLengthBytes, length);
}

}  // namespace runner
