#include "http/canonical_path.h"

#include <algorithm>

#include "http/parameters.h"

namespace http {
namespace {

bool is_unreserved(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' || letter == '~';
}

// What an encoded byte may not stand for: what needs no encoding, and what would change the path's parts.
bool is_refused_when_encoded(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return is_unreserved(letter) || letter == '/' || letter == '\\' || byte < 0x20 || byte == 0x7F;
}

std::optional<std::string> decode_segment(std::string_view segment) {
  auto decoded = percent_decode(segment, false);
  if (!decoded || decoded->empty() || *decoded == "." || *decoded == "..") return std::nullopt;
  for (std::size_t at = 0, out = 0; at < segment.size(); ++at, ++out) {
    const auto byte = static_cast<unsigned char>(segment[at]);
    if (segment[at] == '%') {
      if (is_refused_when_encoded((*decoded)[out])) return std::nullopt;
      at += 2;
    } else if (byte <= 0x20 || byte >= 0x7F || segment[at] == '\\') {
      return std::nullopt;
    }
  }
  if (!is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

}  // namespace

std::optional<Target> split_target(std::string_view target) {
  Target parts;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find('/'), target.size());
    parts.authority = target.substr(0, end);
    if (parts.authority.empty()) return std::nullopt;
    target.remove_prefix(end);
    break;
  }
  if (target.find('#') != target.npos) return std::nullopt;
  const auto question = target.find('?');
  if (question != target.npos) parts.query = target.substr(question + 1);
  auto path = target.substr(0, question);
  if (path == "/") {
    parts.path = "/";
    return parts;
  }
  if (path.empty() || path.front() != '/') return std::nullopt;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = decode_segment(path.substr(0, end));
    if (!segment) return std::nullopt;
    parts.path += '/';
    parts.path += *segment;
    path.remove_prefix(end);
  }
  return parts;
}

}  // namespace http
