#include "http/certificate.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include "base/log.h"

namespace http {
namespace {

namespace ssl = boost::asio::ssl;

// Forward secrecy and authenticated encryption only; TLS 1.3's own suites all have both.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kHttp, sizeof kHttp, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

base::Error unusable(const std::string& what, const std::string& file, const boost::system::error_code& why) {
  return base::make_error(base::ErrorKind::invalid,
                          what + ": " + file + " can't be used: " + why.message() +
                              "; give a PEM file that the server may read (the key without a passphrase)");
}

}  // namespace

std::string Certificate::stamp() const {
  std::string stamp;
  for (const auto& file : {files_.certificate, files_.key}) {
    struct stat found {};
    if (stat(file.c_str(), &found) != 0) found = {};
    for (const std::int64_t part :
         {static_cast<std::int64_t>(found.st_ino), static_cast<std::int64_t>(found.st_size),
          static_cast<std::int64_t>(found.st_mtim.tv_sec),
          static_cast<std::int64_t>(found.st_mtim.tv_nsec)}) {
      stamp += std::to_string(part) + ' ';
    }
  }
  return stamp;
}

base::Result<void> Certificate::load() {
  {
    const std::lock_guard lock(mutex_);
    stamp_ = stamp();
  }
  const auto fresh = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* native = fresh->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, kCiphers);
  SSL_CTX_set_options(native,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  // a key with a passphrase must fail, not ask on the terminal
  fresh->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  boost::system::error_code error;
  fresh->use_certificate_chain_file(files_.certificate, error);
  if (error) return unusable("tls.certificate", files_.certificate, error);
  fresh->use_private_key_file(files_.key, ssl::context::pem, error);
  if (error) return unusable("tls.key", files_.key, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return base::make_error(base::ErrorKind::invalid,
                            "tls.key: " + files_.key + " is not the key of the certificate in " +
                                files_.certificate + "; give the two that belong together");
  }
  struct stat found {};
  if (stat(files_.key.c_str(), &found) == 0 && (found.st_mode & 077) != 0)
    base::log::warning("tls.key_is_readable_by_others", {{"file", files_.key}, {"mend", "chmod 600"}});
  const std::lock_guard lock(mutex_);
  context_ = fresh;
  return {};
}

void Certificate::load_if_changed() {
  {
    const std::lock_guard lock(mutex_);
    if (stamp() == stamp_) return;
  }
  if (const auto loaded = load(); !loaded)
    base::log::error("tls.certificate_not_reloaded", {{"why", loaded.error().message}});
  else
    base::log::info("tls.certificate_reloaded", {{"file", files_.certificate}});
}

std::shared_ptr<boost::asio::ssl::context> Certificate::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace http
