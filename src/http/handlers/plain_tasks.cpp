// The tasks without JavaScript: a list, a page for each, and a question before something is deleted. Their
// forms are those of forms.cpp.
#include <boost/json/serialize.hpp>
#include <charconv>

#include "http/handlers/plain_forms.h"
#include "http/handlers/plain_page.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/problem.h"
#include "http/server_words.h"
#include "service/task_json.h"
#include "task/definition_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::int64_t kShownRuns = 10;
constexpr std::size_t kShownOutputs = 3;
constexpr std::size_t kShownBytes = 2000;  // of each stream; the rest stands in the log

// What a page is written with: for whom, and in which language.
struct Reader {
  const TaskHandlerParts& parts;
  const Request& request;

  Language language() const { return request.language(); }
  std::string_view say(Words words) const { return words.in(language()); }
  bool may(Right right) const { return rights::may(request.actor(), right); }
};

constexpr Words kName{"Name", "名称"};
constexpr Words kCron{"Schedule (cron)", "调度（cron）"};
constexpr Words kStatus{"Status", "状态"};
constexpr Words kNextFire{"Next fire", "下次触发"};
constexpr Words kLastRun{"Last run", "上次运行"};
constexpr Words kRun{"Run", "立即运行"};
constexpr Words kPause{"Pause", "暂停"};
constexpr Words kResume{"Resume", "恢复"};
constexpr Words kDelete{"Delete", "删除"};

constexpr std::pair<std::string_view, Words> kStatusWords[] = {
    {"ACTIVE", {"Active", "启用"}},     {"PAUSED", {"Paused", "已暂停"}},
    {"PENDING", {"Pending", "等待中"}}, {"RUNNING", {"Running", "运行中"}},
    {"FAILED", {"Failed", "失败"}},     {"SUCCESS", {"Success", "成功"}},
    {"TIMEOUT", {"Timed out", "超时"}}, {"CANCELLED", {"Cancelled", "已取消"}},
    {"SKIPPED", {"Skipped", "已跳过"}}, {"MISSED", {"Missed", "错过"}},
    {"LOST", {"Lost", "丢失"}}};

std::string_view status_words(const Reader& reader, std::string_view status) {
  for (const auto& [name, words] : kStatusWords) {
    if (name == status) return reader.say(words);
  }
  return status;
}

// "2026-01-31 09:00:00 UTC": the reader's zone is known to nobody here.
std::string time_words(const std::optional<base::Instant>& at) {
  if (!at) return "–";
  auto text = base::to_iso(std::chrono::floor<std::chrono::seconds>(*at));
  text.replace(text.find('T'), 1, " ").replace(text.size() - 1, 1, " UTC");
  return text;
}

std::string plain_path(base::TaskId id) {
  return "/plain/tasks/" + base::to_string(id);
}

Html link(std::string_view to, std::string_view text) {
  return Html("<a href=\"").text(to).add("\">").text(text).add("</a>");
}

// A button that posts the form it stands in to that address, with what more it says.
Html button(std::string_view to, std::string_view text, std::string_view of, Markup more = "") {
  Html html("<button formaction=\"");
  return html.text(to)
      .add("\"")
      .add(more)
      .add(" aria-label=\"")
      .text(text)
      .add(" ")
      .text(of)
      .add("\">")
      .text(text)
      .add("</button>");
}

Html task_buttons(const Reader& reader, const task::Task& task) {
  const auto at = "/ui/tasks/" + base::to_string(task.id);
  const auto& name = task.definition.name;
  Html html;
  if (reader.may(Right::run)) {
    html.add(button(at + "/run", reader.say(kRun), name))
        .add(" ")
        .add(task.paused ? button(at + "/toggle", reader.say(kResume), name, " name=\"to\" value=\"active\"")
                         : button(at + "/toggle", reader.say(kPause), name, " name=\"to\" value=\"paused\""));
  }
  if (reader.may(Right::edit)) {
    html.add(" <a class=\"button\" href=\"/plain/delete?ids=")
        .text(base::to_string(task.id))
        .add("\" aria-label=\"")
        .text(reader.say(kDelete))
        .add(" ")
        .text(name)
        .add("\">")
        .text(reader.say(kDelete))
        .add("</a>");
  }
  return html;
}

Html head_of_table(const Reader& reader, std::initializer_list<Words> columns) {
  Html html("<thead><tr>");
  for (const auto& column : columns) html.add("<th scope=\"col\">").text(reader.say(column)).add("</th>");
  return html.add("</tr></thead>");
}

Html task_row(const Reader& reader, const task::Task& task) {
  const auto& name = task.definition.name;
  Html row("<tr><td><input type=\"checkbox\" name=\"ids\" value=\"");
  row.text(base::to_string(task.id)).add("\" aria-label=\"").text(name).add("\"></td><td>");
  row.add(link(plain_path(task.id), name)).add("</td>");
  // On a phone the cells stand below each other, where no head of a column says what they are.
  const auto cell = [&](Words column) -> Html& {
    return row.add("<td data-label=\"").text(reader.say(column)).add("\">");
  };
  cell(kStatus).text(status_words(reader, to_string(status_of(task)))).add("</td>");
  cell(kCron).add("<code>").text(task.definition.cron).add("</code></td>");
  cell(kNextFire).text(time_words(task.next_run_at)).add("</td>");
  cell(kLastRun).text(time_words(task.last_run_at)).add("</td><td>");
  return row.add(task_buttons(reader, task)).add("</td></tr>");
}

Html bulk_buttons(const Reader& reader) {
  Html html("<p>");
  html.text(reader.say({"With the chosen:", "对所选任务："}));
  const auto add = [&](std::string_view action, Words words) {
    html.add(" <button formaction=\"/ui/tasks/bulk/")
        .text(action)
        .add("\">")
        .text(reader.say(words))
        .add("</button>");
  };
  if (reader.may(Right::run)) {
    add("force_run", kRun);
    add("pause", kPause);
    add("resume", kResume);
  }
  if (reader.may(Right::edit)) {
    html.add(" <button formmethod=\"get\" formaction=\"/plain/delete\">")
        .text(reader.say(kDelete))
        .add("</button>");
  }
  return html.add("</p>");
}

std::int64_t pages_of(const store::TaskQuery& query, std::int64_t total) {
  return std::max<std::int64_t>(1, (total + query.page_size - 1) / query.page_size);
}

Html page_links(const Reader& reader, const store::TaskQuery& query, std::int64_t total) {
  const auto pages = pages_of(query, total);
  Html html("<form method=\"get\" action=\"/plain\"><p>");
  html.number(total).text(reader.say({total == 1 ? " task" : " tasks", " 个任务"}));
  if (pages == 1) return html.add("</p></form>");
  html.add(" · ")
      .text(reader.say({"page ", "第 "}))
      .number(query.page)
      .text(reader.say({" of ", " 页，共 "}));
  html.number(pages).text(reader.say({"", " 页"}));
  html.add(" <input type=\"hidden\" name=\"search\" value=\"").text(query.search).add("\">");
  const auto to = [&](std::int64_t page, Words words) {
    html.add(" <button name=\"page\" value=\"")
        .number(page)
        .add("\">")
        .text(reader.say(words))
        .add("</button>");
  };
  if (query.page > 1) to(query.page - 1, {"Before", "上一页"});
  if (query.page < pages) to(query.page + 1, {"Next", "下一页"});
  return html.add("</p></form>");
}

base::Result<Response> list(const TaskHandlerParts& parts, const Request& request) {
  const Reader reader{parts, request};
  auto query = task_query(request);
  if (!query) return refused_page(request, query.error(), "/plain");
  auto page = parts.tasks.list(*query);
  // Behind the end stands nothing: what was deleted since may have taken the page away.
  if (const auto last = pages_of(*query, page.total); query->page > last) {
    query->page = last;
    page = parts.tasks.list(*query);
  }
  Html body("<form method=\"get\" action=\"/plain\" role=\"search\">");
  body.add(input_field(reader.say({"Search", "搜索"}), "search", query->search, " type=\"search\""))
      .add("<p><button>")
      .text(reader.say({"Search", "搜索"}))
      .add("</button></p></form>")
      .add(page_links(reader, *query, page.total));
  if (!page.items.empty()) {
    body.add("<form method=\"post\" action=\"/ui/tasks/bulk/pause\"><div><table class=\"tasks\">")
        .add(head_of_table(
            reader, {{"Choose", "选择"}, kName, kStatus, kCron, kNextFire, kLastRun, {"Deeds", "操作"}}))
        .add("<tbody>");
    for (const auto& task : page.items) body.add(task_row(reader, task));
    body.add("</tbody></table></div>");
    if (reader.may(Right::run)) body.add(bulk_buttons(reader));
    body.add("</form>");
  }
  if (reader.may(Right::edit)) body.add(create_form(reader.language()));
  return plain_page(200, request, reader.say({"Tasks", "任务"}), body);
}

// JSON writes 2E-1 where people write 0.2.
std::string decimal_words(double number) {
  char text[32];
  return {text, std::to_chars(text, std::end(text), number).ptr};
}

// Lists by commas, objects by lines.
std::string value_words(Language language, const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "–";
  if (value.is_bool())
    return std::string((value.get_bool() ? Words{"Yes", "是"} : Words{"No", "否"}).in(language));
  if (value.is_double()) return decimal_words(value.get_double());
  std::string text;
  if (value.is_array()) {
    for (const auto& item : value.get_array())
      text += (text.empty() ? "" : ", ") + value_words(language, item);
    return text;
  }
  if (!value.is_object()) return json::serialize(value);
  for (const auto& [name, item] : value.get_object()) {
    text += text.empty() ? "" : "\n";
    text += std::string(name) + "=" + value_words(language, item);
  }
  return text;
}

// The names in these objects are the user's own.
bool has_own_names(std::string_view field) {
  return field == "env" || field == "node_labels" || field == "secrets" || field == "secret_files";
}

std::string value_of_field(Language language, std::string_view field, const json::value& value) {
  if (field == "overlap") return std::string(overlap_words(language, value_words(language, value)));
  if (!value.is_object() || has_own_names(field)) return value_words(language, value);
  std::string text;
  for (const auto& [name, item] : value.get_object()) {
    text += text.empty() ? "" : "\n";
    text += about(language, field_words(language, name), value_words(language, item));
  }
  return text;
}

// What the task has away from the defaults; values of variables only for those who may see them.
Html definition_list(const Reader& reader, const task::Task& task) {
  auto definition = task::to_compact_json(task.definition);
  if (!service::may_see_env(reader.request.actor())) service::hide_values(definition);
  Html html("<dl>");
  const auto fact = [&](std::string_view name, std::string_view value) {
    html.add("<dt>").text(name).add("</dt><dd><pre>").text(value).add("</pre></dd>");
  };
  fact(reader.say(kStatus), status_words(reader, to_string(status_of(task))));
  fact(reader.say(kNextFire), time_words(task.next_run_at));
  if (!task.last_error.empty())
    fact(reader.say({"Last failure", "最近失败"}), server_words(reader.language(), task.last_error));
  for (const auto& [name, value] : definition) {
    const std::string_view field(name.data(), name.size());
    fact(field_words(reader.language(), field), value_of_field(reader.language(), field, value));
  }
  return html.add("</dl>");
}

Html output_of(const Reader& reader, const task::Execution& execution) {
  Html html;
  const auto detail = reader.parts.executions.detail(execution.id);
  if (!detail) return html;
  for (const auto* text : {&detail->output.stdout_text, &detail->output.stderr_text}) {
    if (text->empty()) continue;
    html.add("<pre>").text(std::string_view(*text).substr(0, kShownBytes));
    if (text->size() > kShownBytes) html.add("\n…");
    html.add("</pre>");
  }
  return html;
}

Html execution_row(const Reader& reader, const task::Execution& execution, bool with_output) {
  const auto& why = execution.reason.empty() ? execution.attempt.error : execution.reason;
  Html row("<tr><td>");
  row.add(link("/executions/" + base::to_string(execution.id) + "/log", base::to_string(execution.id)));
  row.add("</td><td>").text(status_words(reader, to_string(execution.status))).add("</td><td>");
  row.text(time_words(execution.started_at ? execution.started_at : execution.scheduled_at)).add("</td><td>");
  row.text(server_words(reader.language(), why)).add("</td><td>");
  if (with_output) row.add(output_of(reader, execution));
  return row.add("</td></tr>");
}

Html execution_table(const Reader& reader, base::TaskId id) {
  const auto page = reader.parts.executions.list({.task_id = id, .limit = kShownRuns});
  Html html("<h2>");
  html.text(reader.say({"Last executions", "最近的执行"})).add("</h2>");
  if (page.items.empty()) return html.add("<p>").text(reader.say({"None yet.", "还没有。"})).add("</p>");
  html.add("<div><table>")
      .add(head_of_table(
          reader, {{"Log", "日志"}, kStatus, {"Began", "开始时间"}, {"Remark", "说明"}, {"Output", "输出"}}))
      .add("<tbody>");
  std::size_t shown = 0;
  for (const auto& execution : page.items)
    html.add(execution_row(reader, execution, shown++ < kShownOutputs));
  return html.add("</tbody></table></div>");
}

base::Result<Response> show(const TaskHandlerParts& parts, const Request& request) {
  const Reader reader{parts, request};
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return refused_page(request, id.error(), "/plain");
  const auto task = parts.tasks.find(*id);
  if (!task) return refused_page(request, task.error(), "/plain");
  Html body("<form method=\"post\"><p>");
  body.add(task_buttons(reader, *task)).add("</p></form>");
  body.add(definition_list(reader, *task)).add(execution_table(reader, *id));
  if (reader.may(Right::edit)) body.add(edit_form(reader.language(), *task));
  return plain_page(200, request, task->definition.name, body);
}

base::Result<Response> ask_to_delete(const TaskHandlerParts& parts, const Request& request) {
  const Reader reader{parts, request};
  Html names, ids;
  for (const auto text : request.query.all("ids")) {
    const auto id = parts.tasks.resolve(text);
    const auto task = id ? parts.tasks.find(*id) : base::Result<task::Task>(id.error());
    if (!task) return refused_page(request, task.error(), "/plain");
    names.add("<li>").add(link(plain_path(task->id), task->definition.name)).add("</li>");
    ids.add("<input type=\"hidden\" name=\"ids\" value=\"").text(base::to_string(task->id)).add("\">");
  }
  if (names.str().empty()) return refused_page(request, query_error("ids", "no task was chosen"), "/plain");
  Html body("<p>");
  body.text(reader.say({"With them go their executions and output; what runs is cancelled.",
                        "其执行与输出将一并删除；正在运行的会被取消。"}));
  body.add("</p><ul>")
      .add(names)
      .add("</ul><form method=\"post\" action=\"/ui/tasks/bulk/delete\">")
      .add(ids);
  body.add("<p><button>").text(reader.say(kDelete)).add("</button> ");
  body.add(link("/plain", reader.say({"Keep them", "保留"}))).add("</p></form>");
  return plain_page(200, request, reader.say({"Delete these tasks?", "删除这些任务？"}), body);
}

}  // namespace

void add_plain_routes(Router& router, TaskHandlerParts parts) {
  const auto add = [&](std::string path, Right right, Handler handler, std::string summary,
                       std::vector<DocParameter> query) {
    router.add({.method = Method::get,
                .path = std::move(path),
                .right = right,
                .handler = std::move(handler),
                .doc = {.summary = std::move(summary),
                        .tag = "page",
                        .query = std::move(query),
                        .answers = {{200, "A page", "string", "text/html"}}},
                .refused = plain_refusal});
  };
  add("/plain", Right::read, [parts](const Request& request) { return list(parts, request); },
      "The tasks without JavaScript",
      {{"search", "Part of a name, command, description or tag"}, {"page", "From 1", "integer"}});
  add("/plain/tasks/{id}", Right::read, [parts](const Request& request) { return show(parts, request); },
      "A task without JavaScript", {});
  add("/plain/delete", Right::edit, [parts](const Request& request) { return ask_to_delete(parts, request); },
      "Asks whether tasks are to be deleted", {{"ids", "A task; once for each", "integer"}});
  router.add(
      {.method = Method::get,
       .path = "/login/plain",
       .right = Right::anyone,
       .handler =
           [](const Request& request) {
             const auto language = request.language();
             return plain_page(200, request, Words{"Log in", "登录"}.in(language), log_in_form(language));
           },
       .doc = {.summary = "The log-in without JavaScript",
               .tag = "page",
               .answers = {{200, "A page", "string", "text/html"}}}});
}

}  // namespace http
