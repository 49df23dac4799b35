#include "http/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/problem.h"

namespace http {
namespace {

namespace beast = boost::beast;

// A chunk's first line, or the trailer, may not be longer: nothing here reads what stands in them.
constexpr std::size_t kMaxChunkLineBytes = 1024;
constexpr std::size_t kLineEndBytes = 2;

Response refusal(const std::string& why) {
  return problem(400, "this is not a request that is read here: " + why);
}

}  // namespace

struct RequestReader::Parser {
  beast::http::request_parser<beast::http::string_body> beast;
  boost::system::error_code error;
  bool chunk_line_read = false;
  std::function<void(std::uint64_t, beast::string_view, boost::system::error_code&)> on_chunk =
      [this](std::uint64_t, beast::string_view extensions, boost::system::error_code& why) {
        chunk_line_read = true;
        if (!extensions.empty()) why = beast::http::error::bad_chunk_extension;
      };
};

RequestReader::RequestReader(const Router& router, HeadLimits limits) : router_(router), limits_(limits) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::refuse(Response response) {
  refusal_ = std::move(response);
  keeps_alive_ = false;
  parser_.reset();
  pending_.clear();
  return Progress::refused;
}

// Gives the parser the first bytes of what is pending; false on an error, which parser_->error says.
bool RequestReader::put(std::size_t count) {
  parser_->error = {};
  const auto used = parser_->beast.put(boost::asio::buffer(pending_.data(), count), parser_->error);
  pending_.erase(0, used);
  if (parser_->error == beast::http::error::need_more) parser_->error = {};
  return !parser_->error;
}

RequestReader::Progress RequestReader::advance() {
  if (!parser_) {
    if (const auto progress = read_head(); progress != Progress::ready || !parser_) return progress;
  }
  return read_body();
}

RequestReader::Progress RequestReader::read_head() {
  request_ = Request();
  const auto found = scan_.look(std::string_view(pending_).substr(0, limits_.header_bytes));
  if (found == HeadScan::Found::fault)
    return refuse(refusal("a line does not end with CR LF, or holds a control character"));
  if (found == HeadScan::Found::nothing) {
    const auto line_end = pending_.find('\n');
    if (line_end == std::string::npos && pending_.size() > limits_.target_bytes + 64)
      return refuse(problem(414, "the URL is longer than the " + std::to_string(limits_.target_bytes) +
                                     " bytes that are taken"));
    if (pending_.size() >= limits_.header_bytes)
      return refuse(problem(431, "the request's header is larger than the " +
                                     std::to_string(limits_.header_bytes) + " bytes that are taken"));
    return Progress::more;
  }
  const auto size = scan_.end();
  scan_ = {};
  if (const auto fault = head_fault(std::string_view(pending_).substr(0, size)))
    return refuse(refusal(*fault));
  parser_ = std::make_unique<Parser>();
  parser_->beast.header_limit(static_cast<std::uint32_t>(limits_.header_bytes + 1));
  parser_->beast.body_limit(boost::none);
  parser_->beast.on_chunk_header(parser_->on_chunk);
  if (!put(size)) return refuse(refusal(parser_->error.message()));
  if (!parser_->beast.is_header_done()) return refuse(refusal("the header does not end where it should"));

  const auto& message = parser_->beast.get();
  request_.method = parse_method({message.method_string().data(), message.method_string().size()});
  request_.target.assign(message.target().data(), message.target().size());
  keeps_alive_ = message.keep_alive();
  if (request_.target.size() > limits_.target_bytes)
    return refuse(problem(
        414, "the URL is longer than the " + std::to_string(limits_.target_bytes) + " bytes that are taken"));
  std::size_t fields = 0;
  for (const auto& field : message) {
    if (++fields > kMaxFields)
      return refuse(problem(431, "the header has more than " + std::to_string(kMaxFields) + " fields"));
    request_.headers.add(std::string(field.name_string().data(), field.name_string().size()),
                         std::string(field.value().data(), field.value().size()));
  }
  if (parser_->beast.is_done()) return Progress::ready;

  const Route* route = router_.find(request_.method, request_.target);
  const std::size_t max_body = route == nullptr ? kMaxBodyBytes : route->max_body;
  const auto announced = parser_->beast.content_length();
  if (announced && *announced > max_body) {
    return refuse(problem(413, "the body has " + std::to_string(*announced) + " bytes, at most " +
                                   std::to_string(max_body) + " are taken here"));
  }
  parser_->beast.body_limit(max_body);
  expects_word_ = beast::iequals(message[beast::http::field::expect], "100-continue") && pending_.empty();
  return Progress::ready;
}

// The parser takes one thing at a time: a chunk's line, a piece of a body, or the last line with its trailer.
// Whether that came at once or in pieces must make no difference.
RequestReader::Progress RequestReader::read_body() {
  while (!parser_->beast.is_done() && !pending_.empty()) {
    const auto before = pending_.size();
    parser_->chunk_line_read = false;
    if (!put(before)) {
      const bool is_short = pending_.find("\r\n", kLineEndBytes) <= kMaxChunkLineBytes - kLineEndBytes;
      if (parser_->error == beast::http::error::body_limit && is_short)
        return refuse(problem(413, "the body is larger than this route takes"));
      return refuse(refusal(parser_->error.message()));
    }
    const auto used = before - pending_.size();
    const auto line = parser_->chunk_line_read ? used : used == 0 ? before : 0;
    if (line > kMaxChunkLineBytes) return refuse(refusal("a chunk's line or trailer is too long"));
    if (used == 0) return Progress::more;
  }
  if (!parser_->beast.is_done()) return Progress::more;
  request_.body = std::move(parser_->beast.get().body());
  return Progress::ready;
}

bool RequestReader::take_expectation() {
  return std::exchange(expects_word_, false);
}

Request RequestReader::take() {
  parser_.reset();
  expects_word_ = false;
  return std::move(request_);
}

void RequestReader::rest() {
  if (pending_.empty()) pending_ = std::string();
}

}  // namespace http
