#include "http/handlers/plain_page.h"

#include "http/origin.h"
#include "http/problem.h"
#include "http/server_words.h"

namespace http {
namespace {

constexpr Words kBack{"Back to the tasks", "返回任务列表"};
constexpr Words kRefused{"This could not be done", "操作未完成"};
constexpr Words kTasks{"Tasks", "任务"};
constexpr Words kLogIn{"Log in", "登录"};
constexpr Words kLogOut{"Log out", "退出登录"};
constexpr Words kNotAllowed{"Your role does not allow this.", "你的角色无权执行此操作。"};
constexpr Words kOtherSite{"This came from another site's page.", "此请求来自其他网站的页面。"};

Html frame(const Request& request, std::string_view title, const Html& body) {
  const auto language = request.language();
  Html html("<!doctype html>\n<html lang=\"");
  html.text(Words{"en", "zh-CN"}.in(language))
      .add(
          "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><link rel=\"stylesheet\" "
          "href=\"/plain.css\"><link rel=\"icon\" href=\"/favicon.svg\"><title>")
      .text(title)
      .add("</title></head><body>");
  if (request.identity) {
    html.add("<header><nav><a href=\"/plain\">")
        .text(kTasks.in(language))
        .add("</a></nav><form method=\"post\" action=\"/auth/logout\">")
        .text(request.actor().name)
        .add(" <button>")
        .text(kLogOut.in(language))
        .add("</button></form></header>");
  }
  return html.add("<main><h1>").text(title).add("</h1>").add(body).add("</main></body></html>\n");
}

}  // namespace

Response plain_page(int status, const Request& request, std::string_view title, const Html& body) {
  return Response::text(status, "text/html; charset=utf-8", frame(request, title, body).str())
      .with("Cache-Control", "no-store");
}

Response result_page(int status, const Request& request, std::string_view title,
                     const std::vector<std::string>& lines, std::string_view back) {
  Html body;
  for (const auto& line : lines) body.add("<p>").text(line).add("</p>");
  body.add("<p><a href=\"").text(back).add("\">").text(kBack.in(request.language())).add("</a></p>");
  return plain_page(status, request, title, body);
}

Response refused_page(const Request& request, const base::Error& error, std::string_view back) {
  std::vector<std::string> lines;
  const auto language = request.language();
  for (const auto& field : error.fields) {
    // "body", "name"; the place of one word is no input, it says which record is meant.
    if (field.loc.size() > 1) lines.push_back(place_words(language, field));
  }
  if (lines.empty()) lines.push_back(server_words(language, error.message));
  return result_page(status_of(error.kind), request, kRefused.in(language), lines, back);
}

std::string place_words(Language language, const base::FieldError& error) {
  const auto why = server_words(language, error.msg);
  if (error.loc.empty()) return why;
  return about(language, field_words(language, error.loc.back()), why);
}

std::string plain_refusal(const Request& request, const Response& problem) {
  const auto language = request.language();
  if (problem.status == 401) return frame(request, kLogIn.in(language), log_in_form(language)).str();
  const auto why = problem.status != 403    ? server_words(language, problem.detail)
                   : is_cross_site(request) ? std::string(kOtherSite.in(language))
                                            : std::string(kNotAllowed.in(language));
  return frame(
             request, kRefused.in(language),
             Html("<p>").text(why).add("</p><p><a href=\"/plain\">").text(kBack.in(language)).add("</a></p>"))
      .str();
}

Html log_in_form(Language language, std::string_view user_name, const base::Error* refusal) {
  Html form;
  std::string code_remark;
  if (refusal != nullptr && refusal->fields.empty())
    form.add("<p class=\"wrong\">").text(server_words(language, refusal->message)).add("</p>");
  if (refusal != nullptr) {
    for (const auto& field : refusal->fields) {
      const auto why = server_words(language, field.msg);
      if (!field.loc.empty() && field.loc.back() == "code")
        code_remark = why;
      else
        form.add("<p class=\"wrong\">").text(place_words(language, field)).add("</p>");
    }
  }
  form.add("<form method=\"post\" action=\"/auth/login\">");
  form.add(input_field(field_words(language, "username"), "username", user_name,
                       " required autofocus autocomplete=\"username\""))
      .add(input_field(field_words(language, "password"), "password", "",
                       " type=\"password\" required autocomplete=\"current-password\""))
      .add(input_field(Words{"One-time code, where it is on", "一次性验证码（如已启用）"}.in(language),
                       "code", "", " autocomplete=\"one-time-code\"", code_remark));
  return form.add("<p><button>").text(kLogIn.in(language)).add("</button></p></form>");
}

Html input_field(std::string_view label, std::string_view name, std::string_view value, Markup more,
                 std::string_view remark) {
  Html field("<p><label>");
  return field.text(label)
      .add(" <input name=\"")
      .text(name)
      .add("\" value=\"")
      .text(value)
      .add("\"")
      .add(more)
      .add(remark_attributes(name, remark))
      .add("></label>")
      .add(remark_paragraph(name, remark))
      .add("</p>");
}

Html remark_attributes(std::string_view name, std::string_view remark) {
  Html html;
  if (remark.empty()) return html;
  return html.add(" aria-invalid=\"true\" aria-describedby=\"about-").text(name).add("\"");
}

Html remark_paragraph(std::string_view name, std::string_view remark) {
  Html html;
  if (remark.empty()) return html;
  return html.add("<strong class=\"wrong\" id=\"about-").text(name).add("\">").text(remark).add("</strong>");
}

}  // namespace http
