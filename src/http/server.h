// Listens, and carries requests to the router and responses back.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "http/proxies.h"
#include "http/route.h"

namespace http {

struct ServerLimits {
  std::size_t header_bytes = 16 << 10;
  std::size_t target_bytes = 8 << 10;
  int connections = 16384;
  int connections_from_one = 1024;                   // from one address; loopback and trusted proxies aside
  bool count_loopback = false;                       // bounds loopback addresses too
  std::int64_t streams = 4096;                       // event streams; more get 503
  std::size_t waiting_requests = 1024;               // for a thread of the common lane; more get 503
  std::size_t waiting_passwords = 32;                // more get 429
  std::chrono::milliseconds header_timeout{10'000};  // from the first byte of a request to its header's end
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};   // between requests
  std::chrono::milliseconds write_timeout{30'000};  // for each piece that the client must take
  std::chrono::milliseconds heartbeat{15'000};      // of an event stream without events
};

struct ServerOptions {
  std::string host = "127.0.0.1";  // an IP address, or "localhost"
  std::uint16_t port = 8000;       // 0: any free one
  int io_threads = 1;
  int handler_threads = 4;
  int change_threads = 16;  // each waits for its commit, which those that wait share
  int password_threads = 2;
  AddressList trusted_proxies;
  std::string certificate_file;  // PEM; empty: plain HTTP
  std::string key_file;
  bool access_log = false;  // a debug line for each request, without query and credentials
  ServerLimits limits;
};

// What happened since the start; a snapshot.
struct ServerFigures {
  std::uint64_t requests = 0;
  std::uint64_t responses_by_class[6] = {};  // [2]: 2xx, ...
  std::uint64_t request_microseconds = 0;    // summed, from the request's last byte to the response's first
  std::uint64_t bytes_sent = 0;
  std::uint64_t refused_connections = 0;  // for want of room
  std::uint64_t evicted_connections = 0;  // for a newcomer
  std::int64_t connections = 0;
  std::int64_t streams = 0;
  std::size_t waiting_requests = 0;
};

class Server {
 public:
  // All that is given must outlive the server. The router is not changed any more once this started.
  Server(const Router& router, const base::Clock& clock, ServerOptions options);
  ~Server();  // stops at once

  // Binds and begins to answer. The error names the address, why, and how to mend it.
  base::Result<void> start();
  std::uint16_t port() const;
  // Reads certificate and key anew; connections that stand keep the old one. Does nothing without TLS. On an
  // error the old one stays. Changed files are noticed without this too, within seconds. Any thread.
  base::Result<void> reload_certificate();
  // Stops accepting, ends event streams, answers what is in flight, and cuts what is not done in time.
  // Blocks.
  void stop(std::chrono::milliseconds deadline);
  ServerFigures figures() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace http
