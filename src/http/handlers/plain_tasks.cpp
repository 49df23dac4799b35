// The tasks without JavaScript: a list, a page for each, and a question before something is deleted. Their
// forms are those of forms.cpp.
#include <boost/json/serialize.hpp>

#include "http/handlers/plain_page.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/problem.h"
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
constexpr Words kCommand{"Command", "命令"};
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
    {"PENDING", {"Waiting", "等待中"}}, {"RUNNING", {"Running", "运行中"}},
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

Html create_form(const Reader& reader) {
  Html form("<h2>");
  form.text(reader.say({"New task", "新建任务"}))
      .add("</h2><form method=\"post\" action=\"/ui/tasks/create\">");
  form.add(input_field(reader.say(kName), "name", "", " required"))
      .add(input_field(reader.say(kCron), "cron", "0 9 * * *", " required"))
      .add(input_field(reader.say(kCommand), "command", "", " required"));
  return form.add("<p><button>").text(reader.say({"Create", "创建"})).add("</button></p></form>");
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
  if (reader.may(Right::edit)) body.add(create_form(reader));
  return plain_page(200, request, reader.say({"Tasks", "任务"}), body);
}

std::string value_words(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
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
  if (!task.last_error.empty()) fact(reader.say({"Last failure", "最近失败"}), task.last_error);
  for (const auto& [name, value] : definition) fact(name, value_words(value));
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
  row.text(why).add("</td><td>");
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

// The line feed behind the tag is no part of the value.
Html text_area(std::string_view label, std::string_view name, std::string_view value) {
  Html html("<p><label>");
  html.text(label).add(" <textarea rows=\"4\" name=\"").text(name).add("\">\n").text(value);
  return html.add("</textarea></label></p>");
}

Html overlap_field(const Reader& reader, task::OverlapPolicy chosen) {
  using task::OverlapPolicy;
  constexpr std::pair<OverlapPolicy, Words> kChoices[] = {
      {OverlapPolicy::skip, {"Skip", "跳过"}},
      {OverlapPolicy::queue, {"Queue one", "排队一次"}},
      {OverlapPolicy::queue_all, {"Queue all", "全部排队"}},
      {OverlapPolicy::cancel_running, {"Cancel the one before", "取消上一次"}},
      {OverlapPolicy::allow, {"Run beside it", "并行运行"}}};
  Html html("<p><label>");
  html.text(reader.say({"While the run before still goes on", "上一次仍在运行时"}))
      .add(" <select name=\"overlap\">");
  for (const auto& [policy, words] : kChoices) {
    html.add("<option value=\"").text(to_string(policy)).add("\"");
    if (policy == chosen) html.add(" selected");
    html.add(">").text(reader.say(words)).add("</option>");
  }
  return html.add("</select></label></p>");
}

Html edit_form(const Reader& reader, const task::Task& task) {
  const auto& definition = task.definition;
  std::string tags;
  for (const auto& tag : definition.tags) tags += (tags.empty() ? "" : ", ") + tag;
  Html form("<h2>");
  form.text(reader.say({"Edit", "编辑"})).add("</h2><form method=\"post\" action=\"/ui/tasks/");
  form.text(base::to_string(task.id)).add("/update\">");
  form.add(input_field(reader.say(kName), "name", definition.name, " required"))
      .add(input_field(reader.say(kCron), "cron", definition.cron));
  form.add(input_field(reader.say({"Time zone", "时区"}), "timezone", definition.timezone));
  if (!definition.http) form.add(text_area(reader.say(kCommand), "command", definition.command));
  form.add(text_area(reader.say({"Description", "描述"}), "description", definition.description))
      .add(input_field(reader.say({"Tags, with commas", "标签（用逗号分隔）"}), "tags", tags))
      .add(input_field(reader.say({"Working directory", "工作目录"}), "working_dir", definition.working_dir))
      .add(input_field(reader.say({"Timeout in seconds", "超时（秒）"}), "timeout_s",
                       definition.timeout_s ? std::to_string(*definition.timeout_s) : "",
                       " inputmode=\"numeric\""))
      .add(input_field(reader.say({"Attempts", "尝试次数"}), "retry.max_attempts",
                       std::to_string(definition.retry.max_attempts), " inputmode=\"numeric\""))
      .add(overlap_field(reader, definition.overlap));
  return form.add("<p><button>").text(reader.say({"Save", "保存"})).add("</button></p></form>");
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
  if (reader.may(Right::edit)) body.add(edit_form(reader, *task));
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
