// The engine's side of the socket: finds or starts the runner, stays connected, speaks the protocol. One
// thread; an order is sent by who gives it, as far as the socket takes it.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "runner/protocol.h"
#include "runner/runner.h"

namespace runner {

struct ClientOptions {
  std::filesystem::path data_dir = "data";
  // Started as `PROGRAM runner --data-dir D --ready-fd N` where no runner listens; empty: never.
  std::string program = "/proc/self/exe";
};

class SocketRunner : public Runner {
 public:
  explicit SocketRunner(ClientOptions options);
  ~SocketRunner() override;

  // Connects, and goes on connecting until stop; tells the listener, which must outlive this.
  void open(Listener& listener);
  // Hangs up. The runner and its jobs go on. Idempotent.
  void stop();

  void start(std::vector<StartRequest> requests) override;
  void cancel(AttemptKey key) override;
  void acknowledge(std::vector<AttemptKey> keys) override;
  void watch_output(AttemptKey key, bool watch) override;

  // For how long the runner has owed the answer to a ping; zero where it owes none, and then it is asked
  // anew. Any thread; never blocks.
  std::chrono::milliseconds silent_for();

 private:
  void run();
  std::string connect_or_launch();  // empty, or why there is no connection
  std::string launch();
  bool try_connect();
  std::string serve();  // until the connection ends; why it did
  bool receive(std::string& why);
  void hang_up();
  void order(const Order& order);
  void send_at_once();  // what is unsent, as far as the socket takes it; the rest is the thread's
  bool send_unsent();
  void add_ping();
  bool wait_before_next_try(int failures);

  const ClientOptions options_;
  Listener* listener_ = nullptr;
  int wake_ = -1;
  int socket_ = -1;
  pid_t launched_ = -1;
  FrameBuffer incoming_;
  bool welcomed_ = false;
  std::mutex mutex_;    // also of sending
  std::string unsent_;  // orders for this connection
  bool connected_ = false;
  std::optional<std::chrono::steady_clock::time_point> unanswered_since_;  // the ping
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace runner
