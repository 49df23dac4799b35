#include "http/delivery.h"

#include <array>
#include <ctime>

#include "base/id.h"

namespace http {
namespace {

// Whether a list of entity tags ("*", or tags parted by commas) holds that tag; W/ is looked over.
bool lists_tag(std::string_view list, std::string_view tag) {
  const auto strong = [](std::string_view text) { return text.starts_with("W/") ? text.substr(2) : text; };
  while (!list.empty()) {
    const auto first = list.find_first_not_of(" \t,");
    if (first == list.npos) return false;
    list.remove_prefix(first);
    const auto end = std::min(list.find(','), list.size());
    auto each = list.substr(0, end);
    while (!each.empty() && (each.back() == ' ' || each.back() == '\t')) each.remove_suffix(1);
    if (each == "*" || strong(each) == strong(tag)) return true;
    list.remove_prefix(end);
  }
  return false;
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// nullopt: not one range of bytes, so the header is ignored. Length 0: beyond the end.
std::optional<Range> parse_range(std::string_view text, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit) || text.find(',') != text.npos) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto from = base::parse_decimal(text.substr(0, dash));
  const auto to = base::parse_decimal(text.substr(dash + 1));
  if (dash == 0) {
    if (!to) return std::nullopt;
    const auto length = std::min<std::uint64_t>(static_cast<std::uint64_t>(*to), size);
    return Range{size - length, length};
  }
  if (!from || (!to && dash + 1 < text.size()) || (to && *to < *from)) return std::nullopt;
  const auto first = static_cast<std::uint64_t>(*from);
  if (first >= size) return Range{};
  const auto last = to ? std::min<std::uint64_t>(static_cast<std::uint64_t>(*to), size - 1) : size - 1;
  return Range{first, last - first + 1};
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  if (value.find_first_of("\r\n") == value.npos && value.find('\0') == value.npos) {
    out.append(value);
  } else {
    for (const char letter : value) {
      if (letter != '\r' && letter != '\n' && letter != '\0') out += letter;
    }
  }
  out.append("\r\n");
}

}  // namespace

void apply_conditions(const Request& request, Response& response) {
  if ((request.method != Method::get && request.method != Method::head) || response.status != 200) return;
  const auto tag = response.headers.find("etag");
  const auto known = request.header("if-none-match");
  if (tag && known && response.tells_not_modified && lists_tag(*known, *tag)) {
    response.status = 304;
    response.body = std::string();
    return;
  }
  if (!response.ranges) return;
  response.headers.set("Accept-Ranges", "bytes");
  const auto asked = request.header("range");
  const auto size = response.body_size();
  if (!asked || !size || request.method != Method::get || request.header("if-range")) return;
  const auto range = parse_range(*asked, *size);
  if (!range) return;
  if (range->length == 0) {
    response.status = 416;
    response.headers.set("Content-Range", "bytes */" + std::to_string(*size));
    response.body = std::string();
    return;
  }
  response.status = 206;
  response.first = range->first;
  response.length = range->length;
  response.headers.set("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                            std::to_string(range->first + range->length - 1) + "/" +
                                            std::to_string(*size));
}

bool sends_body(const Request& request, const Response& response) {
  return request.method != Method::head && response.status != 204 && response.status != 304 &&
         response.status >= 200;
}

void append_head(std::string& out, const Request& request, const Response& response,
                 const HeadOptions& options) {
  out.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(status_text(response.status));
  out.append("\r\n");
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  append_field(out, "Date", options.date);
  const auto size = response.length ? response.length : response.body_size();
  if (size && response.status != 204 && response.status != 304)
    append_field(out, "Content-Length", std::to_string(*size));
  if (!options.keep_alive || !size) out.append("Connection: close\r\n");
  if (!response.headers.has("content-security-policy")) {
    append_field(out, "Content-Security-Policy", kContentSecurityPolicy);
  }
  if (request.secure) append_field(out, "Strict-Transport-Security", "max-age=31536000");
  out.append(
      "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\n"
      "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
      "Permissions-Policy: camera=(), microphone=(), geolocation=(), usb=(), payment=()\r\n");
  if (!response.headers.has("cache-control")) out.append("Cache-Control: no-cache\r\n");
  out.append("\r\n");
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = unix_seconds;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays.at(parts.tm_wday),
                parts.tm_mday, kMonths.at(parts.tm_mon), parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text.data();
}

}  // namespace http
