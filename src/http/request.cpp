#include "http/request.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "http/text.h"

namespace http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{{Method::get, "GET"},
                                                                       {Method::head, "HEAD"},
                                                                       {Method::post, "POST"},
                                                                       {Method::put, "PUT"},
                                                                       {Method::patch, "PATCH"},
                                                                       {Method::delete_, "DELETE"},
                                                                       {Method::options, "OPTIONS"}}};

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

// Visits "a;q=0.5, b" as (name, quality) pairs.
template <class Visit>
void for_each_preference(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto end = list.find(',');
    auto item = list.substr(0, end);
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
    const auto semicolon = item.find(';');
    const auto name = trim(item.substr(0, semicolon));
    double quality = 1;
    if (semicolon != item.npos) {
      const auto parameters = item.substr(semicolon + 1);
      const auto q = parameters.find("q=");
      if (q != parameters.npos)
        quality = std::strtod(std::string(parameters.substr(q + 2, 6)).c_str(), nullptr);
    }
    if (!name.empty()) visit(name, quality);
  }
}

}  // namespace

std::string_view to_string(Method method) {
  for (const auto& [value, name] : kMethods) {
    if (value == method) return name;
  }
  return {};
}

Method parse_method(std::string_view text) {
  for (const auto& [value, name] : kMethods) {
    if (name == text) return value;
  }
  return Method::other;
}

bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(),
                                                   [](char a, char b) { return lower(a) == lower(b); });
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
  fields_.emplace_back(name, std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const auto& field) {
    return equals_ignoring_case(field.first, name);
  }));
}

std::string_view Request::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return {};
}

const rights::Actor& Request::actor() const {
  static const rights::Actor kNobody;
  return identity ? identity->actor : kNobody;
}

std::string Request::media_type() const {
  const auto field = headers.find("content-type");
  return field ? to_lower(trim(field->substr(0, field->find(';')))) : std::string();
}

base::Result<Parameters> Request::form() const {
  if (media_type() != "application/x-www-form-urlencoded") {
    return base::make_error(base::ErrorKind::unsupported_media,
                            "this body must be a form; send Content-Type: application/x-www-form-urlencoded");
  }
  return parse_urlencoded(body);
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (!equals_ignoring_case(key, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto pair = trim(rest.substr(0, end));
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
      const auto equals = pair.find('=');
      if (equals != pair.npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

Language Request::language() const {
  if (const auto chosen = cookie("language")) {
    if (*chosen == "zh") return Language::chinese;
    if (*chosen == "en") return Language::english;
  }
  double english = 0;
  double chinese = 0;
  if (const auto field = headers.find("accept-language")) {
    for_each_preference(*field, [&](std::string_view tag, double quality) {
      const auto primary = to_lower(tag.substr(0, tag.find('-')));
      if (primary == "en") english = std::max(english, quality);
      if (primary == "zh") chinese = std::max(chinese, quality);
    });
  }
  return chinese > english ? Language::chinese : Language::english;
}

bool Request::accepts(std::string_view wanted) const {
  bool accepted = false;
  for (const auto& [key, value] : headers) {
    if (!equals_ignoring_case(key, "accept")) continue;
    for_each_preference(value, [&](std::string_view type, double quality) {
      accepted = accepted || (quality > 0 && equals_ignoring_case(type, wanted));
    });
  }
  return accepted;
}

std::optional<std::string> host_name(std::string_view host) {
  if (host.empty() || host.size() > 255 + 6) return std::nullopt;
  std::string_view name = host;
  std::string_view port;
  if (host.front() == '[') {
    const auto close = host.find(']');
    if (close == host.npos) return std::nullopt;
    name = host.substr(0, close + 1);
    port = host.substr(close + 1);
    if (name.find_first_not_of("[]0123456789abcdefABCDEF:.") != name.npos) return std::nullopt;
  } else {
    const auto colon = host.find(':');
    name = host.substr(0, colon);
    port = colon == host.npos ? std::string_view{} : host.substr(colon);
    for (const char letter : name) {
      const bool allowed = (lower(letter) >= 'a' && lower(letter) <= 'z') ||
                           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' ||
                           letter == '_';
      if (!allowed) return std::nullopt;
    }
  }
  if (!port.empty() && (port.front() != ':' || port.size() > 6 ||
                        port.substr(1).find_first_not_of("0123456789") != port.npos)) {
    return std::nullopt;
  }
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  return to_lower(name);
}

}  // namespace http
