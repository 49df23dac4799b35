// The server's certificate with its key: read from files, and read anew while it serves. Heavy (Asio's TLS).
#pragma once
#include <atomic>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

namespace http {

struct CertificateFiles {
  std::string certificate;  // PEM: the server's own first, then those that lead to a root
  std::string key;          // PEM, without a passphrase
  bool given() const { return !certificate.empty() || !key.empty(); }
};

class Certificate {
 public:
  explicit Certificate(CertificateFiles files) : files_(std::move(files)) {}

  // Reads the files. On an error, which names file and reason, what was read before stays in use. Any thread.
  base::Result<void> load();
  // Loads where a file has changed since the last load, whether that one went well or not.
  void load_if_changed();
  // For the next handshake; nullptr before the first load. Any thread.
  std::shared_ptr<boost::asio::ssl::context> context() const;

 private:
  std::string stamp() const;

  const CertificateFiles files_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::string stamp_;  // of the files when they were read
};

}  // namespace http
