#include "auth/peer_owner.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace auth {
namespace {

// "0100007F:1F90": the address's 32-bit words in the machine's byte order, then the port.
std::string hex_of(const void* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (std::size_t at = 0; at < size; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(bytes) + at, 4);
    for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(word >> shift) & 15];
  }
  return text;
}

std::string port_text(std::uint16_t port) {
  std::string text(5, ':');
  for (int digit = 0; digit < 4; ++digit) text[4 - digit] = "0123456789ABCDEF"[(port >> (4 * digit)) & 15];
  return text;
}

// The ways in which the kernel may write that endpoint.
std::vector<std::string> spellings(const Endpoint& end) {
  std::vector<std::string> texts;
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, end.ip.c_str(), &four) == 1) {
    texts.push_back(hex_of(&four, sizeof four) + port_text(end.port));
    std::memset(&six, 0, sizeof six);
    six.s6_addr[10] = six.s6_addr[11] = 0xFF;
    std::memcpy(&six.s6_addr[12], &four, sizeof four);
    texts.push_back(hex_of(&six, sizeof six) + port_text(end.port));
  } else if (inet_pton(AF_INET6, end.ip.c_str(), &six) == 1) {
    texts.push_back(hex_of(&six, sizeof six) + port_text(end.port));
  }
  return texts;
}

std::string_view next_word(std::string_view& line) {
  const auto first = line.find_first_not_of(' ');
  if (first == line.npos) return {};
  line.remove_prefix(first);
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

bool is_one_of(const std::vector<std::string>& texts, std::string_view text) {
  for (const auto& each : texts) {
    if (each == text) return true;
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> find_socket_owner(std::string_view table, const Endpoint& own,
                                               const Endpoint& remote) {
  const auto own_texts = spellings(own);
  const auto remote_texts = spellings(remote);
  while (!table.empty()) {
    const auto end = std::min(table.find('\n'), table.size());
    auto line = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    std::array<std::string_view, 10> words;  // sl local remote st queues timer retransmits uid timeout inode
    for (auto& word : words) word = next_word(line);
    if (!is_one_of(own_texts, words[1]) || !is_one_of(remote_texts, words[2])) continue;
    // A socket that its process has closed is written as root's, so only living ones count.
    constexpr std::string_view kEstablished = "01";
    if (words[3] != kEstablished || words[9] == "0" || words[9].empty()) continue;
    std::uint32_t uid = 0;
    const auto [rest, error] = std::from_chars(words[7].data(), words[7].data() + words[7].size(), uid);
    if (error == std::errc() && rest == words[7].data() + words[7].size()) return uid;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> peer_owner(const Endpoint& peer, const Endpoint& local) {
  for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(path);
    const std::string table{std::istreambuf_iterator<char>(file), {}};
    if (const auto owner = find_socket_owner(table, peer, local)) return owner;
  }
  return std::nullopt;
}

}  // namespace auth
