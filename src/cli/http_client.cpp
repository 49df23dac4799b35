#include "cli/http_client.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::verb;
using tcp = asio::ip::tcp;

constexpr std::size_t kPieceBytes = 64u << 10;
constexpr auto kNoBound = std::chrono::hours{24 * 365};

struct Target {
  bool tls = false;
  std::string host, port, path, authority;
};

base::Result<Target> target_of(const std::string& text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url)
    return base::make_error(base::ErrorKind::invalid,
                            "'" + text + "' is no URL; write http://HOST:PORT/PATH");
  if (url->scheme() != "http" && url->scheme() != "https")
    return base::make_error(base::ErrorKind::invalid, "'" + text + "': only http and https are spoken");
  if (url->host().empty()) return base::make_error(base::ErrorKind::invalid, "'" + text + "' names no host");
  if (url->has_userinfo())
    return base::make_error(base::ErrorKind::invalid,
                            "'" + text + "': a user in the URL is not taken; use a header");
  Target target;
  target.tls = url->scheme() == "https";
  target.host = url->host_address();
  target.port = url->has_port() ? std::string(url->port()) : target.tls ? "443" : "80";
  target.authority = std::string(url->encoded_host_and_port());
  target.path = std::string(url->encoded_target());
  if (target.path.empty() || target.path.front() != '/') target.path.insert(0, 1, '/');
  return target;
}

class Exchange {
 public:
  Exchange(const HttpRequest& request, const Target& target, const BodyReceiver& receive)
      : request_(request), target_(target), receive_(receive) {}

  HttpResponse run() {
    std::exception_ptr failure;
    asio::co_spawn(context_, target_.tls ? over_tls() : over_tcp(),
                   [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(response_);
  }

 private:
  auto patience() const {
    return request_.patience.count() == 0 ? std::chrono::milliseconds{kNoBound} : request_.patience;
  }

  asio::awaitable<void> connect(beast::tcp_stream& stream) {
    tcp::resolver resolver(context_);
    const auto addresses = co_await resolver.async_resolve(target_.host, target_.port, asio::use_awaitable);
    stream.expires_after(patience());
    co_await stream.async_connect(addresses, asio::use_awaitable);
  }

  asio::awaitable<void> over_tcp() {
    beast::tcp_stream stream(context_);
    co_await connect(stream);
    co_await exchange(stream, stream);
  }

  asio::awaitable<void> over_tls() {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    tls.set_verify_mode(request_.pinned.empty() ? asio::ssl::verify_peer : asio::ssl::verify_none);
    if (!request_.authorities.empty()) {
      trust(tls, request_.authorities);
    } else if (request_.pinned.empty()) {
      tls.set_default_verify_paths();
    }
    beast::ssl_stream<beast::tcp_stream> stream(context_, tls);
    stream.set_verify_callback(asio::ssl::host_name_verification(target_.host));
    if (!SSL_set_tlsext_host_name(stream.native_handle(), target_.host.c_str())) throw std::bad_alloc();
    co_await connect(stream.next_layer());
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    if (!request_.pinned.empty() && !has_certificate(stream.native_handle(), request_.pinned))
      throw std::runtime_error("the server's certificate is not the one in " + request_.pinned);
    co_await exchange(stream, stream.next_layer());
  }

  static void trust(asio::ssl::context& tls, const std::string& file) {
    boost::system::error_code error;
    tls.load_verify_file(file, error);
    if (error) throw std::runtime_error("the certificates in " + file + " can't be read: " + error.message());
  }

  // Whether the server of that handshake showed the first certificate of the file.
  static bool has_certificate(SSL* session, const std::string& file) {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(session), X509_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
    if (!shown || !in) return false;
    const std::unique_ptr<X509, decltype(&X509_free)> wanted(
        PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
    return wanted && X509_cmp(shown.get(), wanted.get()) == 0;
  }

  template <class Stream>
  asio::awaitable<void> exchange(Stream& stream, beast::tcp_stream& lowest) {
    beast::http::request<beast::http::string_body> message;
    message.version(11);
    message.method_string(request_.method);
    message.target(target_.path);
    message.set(beast::http::field::host, target_.authority);
    message.set(beast::http::field::user_agent, "mini-scheduler");
    message.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) message.set(name, value);
    message.body() = request_.body;
    if (!request_.body.empty() || (request_.method != "GET" && request_.method != "HEAD"))
      message.prepare_payload();
    lowest.expires_after(patience());
    co_await beast::http::async_write(stream, message, asio::use_awaitable);

    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::buffer_body> parser;
    parser.body_limit(boost::none);
    parser.skip(request_.method == "HEAD");
    lowest.expires_after(patience());
    co_await beast::http::async_read_header(stream, buffer, parser, asio::use_awaitable);
    response_.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) response_.headers.emplace_back(field.name_string(), field.value());
    std::string piece(kPieceBytes, '\0');
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      lowest.expires_after(patience());
      const auto [failure, read] =
          co_await beast::http::async_read_some(stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
      static_cast<void>(read);
      if (failure && failure != beast::http::error::need_buffer) throw boost::system::system_error(failure);
      if (!take(std::string_view(piece).substr(0, piece.size() - parser.get().body().size))) co_return;
    }
  }

  bool take(std::string_view bytes) {
    if (receive_) return bytes.empty() || receive_(response_.status, bytes);
    if (response_.body.size() + bytes.size() > kMaxResponseBody)
      throw std::length_error("the answer is too long");
    response_.body += bytes;
    return true;
  }

  const HttpRequest& request_;
  const Target& target_;
  const BodyReceiver& receive_;
  asio::io_context context_{1};
  HttpResponse response_;
};

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (beast::iequals(key, name)) return value;
  }
  return {};
}

base::Result<HttpResponse> send(const HttpRequest& request, const BodyReceiver& receive) {
  const auto target = target_of(request.url);
  if (!target) return target.error();
  try {
    return Exchange(request, *target, receive).run();
  } catch (const boost::system::system_error& failure) {
    return base::make_error(base::ErrorKind::unavailable,
                            target->host + ":" + target->port + ": " + failure.code().message());
  } catch (const std::exception& failure) {
    return base::make_error(base::ErrorKind::unavailable,
                            target->host + ":" + target->port + ": " + failure.what());
  }
}

}  // namespace cli
