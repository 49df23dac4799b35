#include "http/json_body.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "http/parameters.h"
#include "http/problem.h"

namespace http {
namespace {

namespace json = boost::json;

// Builds the value, and refuses a key that its object has already.
class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, json::error_code& error) {
    auto& keys = keys_.back();
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) {
      duplicate_ = *twice;
      error = json::error::exception;
      return false;
    }
    keys_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    key_.append(part.data(), part.size());
    keys_.back().push_back(std::move(key_));
    key_.clear();
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, json::string_view, json::error_code& error) {
    // "1e999" would become infinity, which no JSON can print
    if (!std::isfinite(number)) {
      error = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool flag, json::error_code&) {
    stack_.push_bool(flag);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  void begin() { stack_.reset(); }
  json::value release() { return stack_.release(); }
  const std::string& duplicate() const { return duplicate_; }

 private:
  json::value_stack stack_;
  std::string key_;
  std::vector<std::vector<std::string>> keys_;
  std::string duplicate_;
};

base::Result<json::object> to_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return std::move(value).error();
  if (!value->is_object()) {
    return base::Error{base::ErrorKind::invalid,
                       "the body must be a JSON object, like {\"name\": \"...\"}",
                       {{{"body"}, "must be a JSON object", std::nullopt}}};
  }
  return std::move(value->get_object());
}

base::Result<void> require_json(const Request& request) {
  if (request.media_type() == "application/json") return {};
  return base::make_error(base::ErrorKind::unsupported_media,
                          "this body must be JSON; send Content-Type: application/json");
}

}  // namespace

base::Result<json::value> parse_json(std::string_view text) {
  if (!is_utf8(text)) return malformed("the JSON is not UTF-8; encode it as UTF-8 first");
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<StrictHandler> parser(options);
  parser.handler().begin();
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error && !parser.handler().duplicate().empty()) {
    return malformed("the JSON has the key \"" + parser.handler().duplicate() +
                     "\" twice in one object; keep one");
  }
  if (error == json::error::exception)
    return malformed("the JSON has an empty key twice in one object; keep one");
  if (error == json::error::too_deep) {
    return malformed("the JSON is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
  }
  if (error) {
    return malformed("the JSON can't be read at byte " + std::to_string(read) + ": " + error.message());
  }
  if (read < text.size()) {
    return malformed("the JSON ends at byte " + std::to_string(read) + ", but more follows; send one value");
  }
  return parser.handler().release();
}

base::Result<json::object> read_json_object(const Request& request) {
  if (auto allowed = require_json(request); !allowed) return std::move(allowed).error();
  return to_object(request.body);
}

base::Result<json::object> read_optional_json_object(const Request& request) {
  if (request.body.empty()) return json::object();
  return read_json_object(request);
}

Response json_response(int status, const json::value& value) {
  return Response::json_text(status, base::to_json_text(value));
}

}  // namespace http
