// For tests: a plain blocking client on a loopback socket, with a deadline on everything.
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace http {

class LoopbackClient {
 public:
  struct Answer {
    int status = 0;  // 0: the connection ended before an answer
    std::string head;
    std::string body;
    std::string header(std::string_view name) const {
      const auto at = head.find("\r\n" + std::string(name) + ": ");
      if (at == std::string::npos) return {};
      const auto start = at + name.size() + 4;
      return head.substr(start, head.find("\r\n", start) - start);
    }
  };

  explicit LoopbackClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~LoopbackClient() { end(); }
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  bool connected() const { return connected_; }
  void end() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // One more piece of what comes; empty at the end (or after 10 s).
  std::string receive() {
    std::string bytes(64 << 10, '\0');
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // Reads until that text has come or the connection ends; gives everything up to its end.
  std::string receive_until(std::string_view text) {
    while (buffer_.find(text) == std::string::npos) {
      const auto piece = receive();
      if (piece.empty()) break;
      buffer_ += piece;
    }
    const auto at = buffer_.find(text);
    const auto end = at == std::string::npos ? buffer_.size() : at + text.size();
    const std::string taken = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return taken;
  }
  // Reads one response with its body by Content-Length, or up to the end of the connection.
  Answer read_answer(bool has_body = true) {
    Answer answer;
    answer.head = receive_until("\r\n\r\n");
    if (answer.head.size() < 12) return answer;
    answer.status = std::atoi(answer.head.substr(9, 3).c_str());
    if (!has_body || answer.status == 204 || answer.status == 304) return answer;
    const auto length = answer.header("Content-Length");
    const auto wanted = length.empty() ? std::string::npos : std::strtoul(length.c_str(), nullptr, 10);
    while (buffer_.size() < wanted) {
      const auto piece = receive();
      if (piece.empty()) break;
      buffer_ += piece;
    }
    answer.body = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    return answer;
  }
  Answer ask(std::string_view method, std::string_view target, const std::string& headers = {},
             std::string_view body = {}) {
    std::string request =
        std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(request + "\r\n" + std::string(body));
    return read_answer(method != "HEAD");
  }
  bool at_end() { return buffer_.empty() && receive().empty(); }

 private:
  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace http
