#include "http/html.h"

#include "service/execution_json.h"

namespace http {

Html& Html::add(Markup markup) {
  html_ += markup.text();
  return *this;
}

Html& Html::add(const Html& part) {
  html_ += part.html_;
  return *this;
}

Html& Html::text(std::string_view text) {
  for (const char c : service::to_utf8(std::string(text))) {
    switch (c) {
      case '&':
        html_ += "&amp;";
        break;
      case '<':
        html_ += "&lt;";
        break;
      case '>':
        html_ += "&gt;";
        break;
      case '"':
        html_ += "&quot;";
        break;
      case '\'':
        html_ += "&#39;";
        break;
      default:
        html_ += c;
    }
  }
  return *this;
}

Html& Html::number(std::int64_t number) {
  html_ += std::to_string(number);
  return *this;
}

}  // namespace http
