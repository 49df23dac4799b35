// A client's socket, with or without TLS. Heavy (Asio).
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

namespace asio = boost::asio;

// Everything on the socket's own thread. One read and one write may go on at once.
class Transport {
 public:
  explicit Transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  auto get_executor() { return socket_.get_executor(); }
  // Both ends; nullopt where the client is gone already.
  std::optional<Peer> prepare();
  // Waits for the client's first byte and, where it begins a TLS handshake, does that. False when it failed.
  // A client that speaks plain text goes on in plain text: `is_secure` tells.
  asio::awaitable<bool> shake_hands(std::shared_ptr<asio::ssl::context> context);
  bool is_secure() const { return tls_.has_value(); }

  // What has come, at least a byte; empty at the end. The text is good until the next call.
  asio::awaitable<std::string_view> read();
  // As much as goes without waiting; nullopt when the client is gone.
  std::optional<std::size_t> write_some(std::string_view first, std::string_view second);
  // All of it.
  asio::awaitable<bool> write(std::string_view first, std::string_view second);
  // Tells the client that nothing more comes.
  asio::awaitable<void> end_output();
  void close();

 private:
  asio::ip::tcp::socket socket_;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
  std::unique_ptr<char[]> decrypted_;
};

}  // namespace http
