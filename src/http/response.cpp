#include "http/response.h"

#include <array>

namespace http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 28> kStatusTexts{
    {{200, "OK"},
     {201, "Created"},
     {202, "Accepted"},
     {204, "No Content"},
     {206, "Partial Content"},
     {301, "Moved Permanently"},
     {303, "See Other"},
     {304, "Not Modified"},
     {308, "Permanent Redirect"},
     {400, "Bad Request"},
     {401, "Unauthorized"},
     {403, "Forbidden"},
     {404, "Not Found"},
     {405, "Method Not Allowed"},
     {408, "Request Timeout"},
     {409, "Conflict"},
     {412, "Precondition Failed"},
     {413, "Content Too Large"},
     {414, "URI Too Long"},
     {415, "Unsupported Media Type"},
     {416, "Range Not Satisfiable"},
     {421, "Misdirected Request"},
     {422, "Unprocessable Content"},
     {429, "Too Many Requests"},
     {431, "Request Header Fields Too Large"},
     {500, "Internal Server Error"},
     {501, "Not Implemented"},
     {503, "Service Unavailable"}}};

}  // namespace

std::string_view status_text(int status) {
  for (const auto& [value, text] : kStatusTexts) {
    if (value == status) return text;
  }
  return "Unknown";
}

Response Response::text(int status, std::string_view content_type, Body body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

Response Response::json_text(int status, Body body) {
  return text(status, "application/json", std::move(body));
}

Response Response::no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response Response::see_other(std::string location) {
  Response response;
  response.status = 303;
  response.headers.add("Location", std::move(location));
  return response;
}

Response Response::events(std::shared_ptr<EventSource> source) {
  Response response = text(200, "text/event-stream", std::move(source));
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // nginx in front would hold events back
  return response;
}

Response&& Response::with(std::string_view name, std::string value) && {
  headers.set(name, std::move(value));
  return std::move(*this);
}

std::optional<std::uint64_t> Response::body_size() const {
  if (const auto* source = std::get_if<std::shared_ptr<ByteSource>>(&body)) return (*source)->size();
  if (std::holds_alternative<std::shared_ptr<EventSource>>(body)) return std::nullopt;
  return body_text().size();
}

std::string_view Response::body_text() const {
  if (const auto* own = std::get_if<std::string>(&body)) return *own;
  if (const auto* shared = std::get_if<SharedText>(&body)) return *shared ? std::string_view(**shared) : "";
  if (const auto* embedded = std::get_if<StaticText>(&body)) return embedded->text;
  return {};
}

}  // namespace http
