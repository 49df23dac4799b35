#include "cli/http_client.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <memory>
#include <optional>

namespace cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

constexpr std::size_t kPieceBytes = 64u << 10;

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

// A socket to the server, with TLS where the URL says https.
class Connection {
 public:
  explicit Connection(asio::io_context& context) : socket_(context) {}

  asio::awaitable<void> open(const Target& target, const HttpRequest& request) {
    tcp::resolver resolver(socket_.get_executor());
    const auto addresses = co_await resolver.async_resolve(target.host, target.port, asio::use_awaitable);
    co_await asio::async_connect(socket_, addresses, asio::use_awaitable);
    if (target.tls) co_await shake_hands(target, request);
  }

  asio::awaitable<void> write(std::string_view text) {
    if (tls_) {
      co_await asio::async_write(*tls_, asio::buffer(text), asio::use_awaitable);
    } else {
      co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
    }
  }

  // What has come, at least a byte; empty at the end. The text is good until the next call.
  asio::awaitable<std::string_view> read() {
    std::size_t count = 0;
    try {
      if (tls_) {
        count = co_await tls_->async_read_some(asio::buffer(piece_), asio::use_awaitable);
      } else {
        count = co_await socket_.async_read_some(asio::buffer(piece_), asio::use_awaitable);
      }
    } catch (const boost::system::system_error& failure) {
      if (failure.code() != asio::error::eof) throw;
    }
    co_return std::string_view(piece_).substr(0, count);
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  asio::awaitable<void> shake_hands(const Target& target, const HttpRequest& request) {
    auto& context = context_.emplace(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(request.pinned.empty() ? asio::ssl::verify_peer : asio::ssl::verify_none);
    if (!request.authorities.empty()) {
      trust(context, request.authorities);
    } else if (request.pinned.empty()) {
      context.set_default_verify_paths();
    }
    auto& tls = tls_.emplace(socket_, context);
    tls.set_verify_callback(asio::ssl::host_name_verification(target.host));
    if (!SSL_set_tlsext_host_name(tls.native_handle(), target.host.c_str())) throw std::bad_alloc();
    co_await tls.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    if (!request.pinned.empty() && !has_certificate(tls.native_handle(), request.pinned))
      throw std::runtime_error("the server's certificate is not the one in " + request.pinned);
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

  tcp::socket socket_;
  std::optional<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  std::string piece_ = std::string(kPieceBytes, '\0');
};

// Beast composes reads and writes for each kind of stream anew, which takes a compiler half a minute; its
// parser alone does not care where bytes come from.
class Exchange {
 public:
  Exchange(const HttpRequest& request, const Target& target, const BodyReceiver& receive)
      : request_(request), target_(target), receive_(receive) {}

  HttpResponse run() {
    std::exception_ptr failure;
    bool is_over = false;
    asio::co_spawn(context_, exchange(), [&](std::exception_ptr thrown) {
      failure = std::move(thrown);
      is_over = true;
    });
    while (!is_over) {
      if (proceed() > 0) continue;
      connection_.close();
      context_.run();
      throw boost::system::system_error(beast::error::timeout);
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(response_);
  }

 private:
  std::size_t proceed() {
    return request_.patience.count() == 0 ? context_.run_one() : context_.run_one_for(request_.patience);
  }

  asio::awaitable<void> exchange() {
    co_await connection_.open(target_, request_);
    co_await connection_.write(head());
    co_await connection_.write(request_.body);
    parser_.body_limit(boost::none);
    parser_.skip(request_.method == "HEAD");
    while (!parser_.is_header_done()) co_await advance();
    response_.status = static_cast<int>(parser_.get().result_int());
    for (const auto& field : parser_.get())
      response_.headers.emplace_back(field.name_string(), field.value());
    std::string piece(kPieceBytes, '\0');
    while (!parser_.is_done()) {
      auto& body = parser_.get().body();
      body.data = piece.data();
      body.size = piece.size();
      co_await advance();
      if (!take(std::string_view(piece).substr(0, piece.size() - body.size))) co_return;
    }
  }

  std::string head() const {
    beast::http::fields fields;
    fields.set(beast::http::field::host, target_.authority);
    fields.set(beast::http::field::user_agent, "mini-scheduler");
    fields.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) fields.set(name, value);
    fields.erase(beast::http::field::transfer_encoding);
    if (!request_.body.empty() || (request_.method != "GET" && request_.method != "HEAD"))
      fields.set(beast::http::field::content_length, std::to_string(request_.body.size()));
    std::string text = request_.method + ' ' + target_.path + " HTTP/1.1\r\n";
    for (const auto& field : fields)
      text.append(field.name_string()).append(": ").append(field.value()).append("\r\n");
    return text + "\r\n";
  }

  // One step of the parser: on what has come, and where that is too little, on what comes next.
  asio::awaitable<void> advance() {
    while (true) {
      boost::system::error_code error = beast::http::error::need_more;
      if (buffer_.size() > 0) buffer_.consume(parser_.put(buffer_.data(), error));
      if (error != beast::http::error::need_more) {
        if (error && error != beast::http::error::need_buffer) throw boost::system::system_error(error);
        co_return;
      }
      const auto text = co_await connection_.read();
      if (text.empty()) break;
      buffer_.commit(asio::buffer_copy(buffer_.prepare(text.size()), asio::buffer(text)));
    }
    boost::system::error_code error = beast::http::error::end_of_stream;
    if (parser_.got_some()) parser_.put_eof(error);
    if (error) throw boost::system::system_error(error);
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
  Connection connection_{context_};
  beast::flat_buffer buffer_;
  beast::http::response_parser<beast::http::buffer_body> parser_;
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
