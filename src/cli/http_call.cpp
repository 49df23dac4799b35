// `http-call`: what the runner starts for an HTTP task. Reads the call as JSON on standard input, prints the
// answer's body, and says with its exit code whether the status was one that the task expects.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <iterator>
#include <ostream>

#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/json_text.h"

namespace cli {
namespace {

namespace json = boost::json;

bool is_expected(const json::object& call, int status) {
  const auto* expected = call.if_contains("expect_status");
  if (expected == nullptr || !expected->is_array() || expected->get_array().empty())
    return status >= 200 && status <= 299;
  for (const auto& one : expected->get_array()) {
    if (one.is_int64() && one.get_int64() == status) return true;
  }
  return false;
}

int make_call(Context& context) {
  const std::string text{std::istreambuf_iterator<char>(context.in), {}};
  boost::system::error_code unreadable;
  const auto value = json::parse(text, unreadable);
  if (unreadable || !value.is_object())
    return context.wrong_usage(
        "http-call reads a JSON object with url, method, headers and body on standard input");
  const auto& call = value.get_object();
  HttpRequest request;
  request.url = text_of(call, "url");
  if (auto method = text_of(call, "method"); !method.empty()) request.method = std::move(method);
  request.body = text_of(call, "body");
  if (const auto* headers = call.if_contains("headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, field] : headers->get_object())
      request.headers.emplace_back(name, field.is_string() ? std::string(field.get_string()) : std::string());
  }
  // the task's own timeout bounds the call
  request.patience = std::chrono::milliseconds{0};
  const auto response = send(request, [&](int, std::string_view bytes) {
    context.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    context.out.flush();
    return true;
  });
  if (!response) {
    context.err << request.method << ' ' << request.url << ": " << response.error().message << std::endl;
    return kFailed;
  }
  context.err << request.method << ' ' << request.url << ": status " << response->status << std::endl;
  return is_expected(call, response->status) ? kDone : kFailed;
}

}  // namespace

void add_http_call_command(CLI::App& app, Context& context) {
  // an empty group keeps it out of the help: it is no command for people
  app.add_subcommand("http-call", "Makes the call that standard input describes")
      ->group("")
      ->callback([&context] { context.exit_code = make_call(context); });
}

}  // namespace cli
