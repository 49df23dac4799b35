#include "http/transport.h"

#include <array>
#include <boost/asio/write.hpp>

#include "http/awaiting.h"

namespace http {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;      // the most that is read at once
constexpr std::size_t kDecryptedBytes = 4 << 10;  // the same over TLS, where each connection needs its own
constexpr char kHandshakeRecord = 0x16;           // how each TLS connection begins, and no HTTP request does

std::string address_text(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address.to_string();
}

bool must_wait(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

std::optional<Peer> Transport::prepare() {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  const auto remote = socket_.remote_endpoint(error);
  if (error) return std::nullopt;
  const auto local = socket_.local_endpoint(error);
  if (error) return std::nullopt;
  return Peer{address_text(remote.address()), remote.port(), address_text(local.address()), local.port()};
}

asio::awaitable<bool> Transport::shake_hands(std::shared_ptr<asio::ssl::context> context) {
  const auto [waited] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kErrorAsValue);
  if (waited) co_return false;
  char first = 0;
  boost::system::error_code error;
  const auto peeked = socket_.receive(asio::buffer(&first, 1), asio::ip::tcp::socket::message_peek, error);
  if (error || peeked == 0) co_return false;
  if (first != kHandshakeRecord) co_return true;
  tls_.emplace(socket_, *context);
  const auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kErrorAsValue);
  co_return !failed;
}

// Without TLS a connection that waits holds no buffer: all on this thread read into one.
asio::awaitable<std::string_view> Transport::read() {
  static thread_local std::array<char, kReadBytes> shared;
  if (tls_) {
    if (!decrypted_) decrypted_ = std::make_unique<char[]>(kDecryptedBytes);
    const auto [error, count] =
        co_await tls_->async_read_some(asio::buffer(decrypted_.get(), kDecryptedBytes), kErrorAsValue);
    if (error) co_return std::string_view();
    co_return std::string_view(decrypted_.get(), count);
  }
  while (true) {
    boost::system::error_code error;
    const auto count = socket_.read_some(asio::buffer(shared), error);
    if (!error) co_return std::string_view(shared.data(), count);
    if (!must_wait(error)) co_return std::string_view();
    const auto [failed] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kErrorAsValue);
    if (failed) co_return std::string_view();
  }
}

std::optional<std::size_t> Transport::write_some(std::string_view first, std::string_view second) {
  if (tls_) return 0;
  boost::system::error_code error;
  const std::array<asio::const_buffer, 2> both{asio::buffer(first), asio::buffer(second)};
  const auto sent = socket_.write_some(both, error);
  if (must_wait(error)) return 0;
  if (error) return std::nullopt;
  return sent;
}

asio::awaitable<bool> Transport::write(std::string_view first, std::string_view second) {
  const std::array<asio::const_buffer, 2> both{asio::buffer(first), asio::buffer(second)};
  if (tls_) {
    const auto [failed, count] = co_await asio::async_write(*tls_, both, kErrorAsValue);
    co_return !failed;
  }
  const auto [failed, count] = co_await asio::async_write(socket_, both, kErrorAsValue);
  co_return !failed;
}

asio::awaitable<void> Transport::end_output() {
  if (tls_) {
    const auto [ignored] = co_await tls_->async_shutdown(kErrorAsValue);
    static_cast<void>(ignored);
  }
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace http
