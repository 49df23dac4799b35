#include "http/handlers/plain_forms.h"

#include <algorithm>

#include "http/handlers/plain_words.h"
#include "http/server_words.h"
#include "task/definition_json.h"

namespace http {
namespace {

using task::OverlapPolicy;

constexpr std::pair<OverlapPolicy, Words> kOverlapWords[] = {
    {OverlapPolicy::skip, {"Skip", "跳过"}},
    {OverlapPolicy::queue, {"Let one wait", "排队一次"}},
    {OverlapPolicy::queue_all, {"Let all wait", "全部排队"}},
    {OverlapPolicy::cancel_running, {"Cancel the one before", "取消上一次"}},
    {OverlapPolicy::allow, {"Run beside it", "并行运行"}}};
constexpr Words kNow{"Now: ", "现在是："};
constexpr Words kOutdated{
    "The task was changed by somebody else after this form was opened, so nothing was saved. Fields that "
    "stand "
    "otherwise now say how. Saving again puts what is written here in their place.",
    "打开此表单后，任务已被他人修改，因此未保存。与当前内容不同的字段下方注明了现在的值。再次保存将以此处所填"
    "内容"
    "取而代之。"};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

// "retry.max_attempts" of body, retry, max_attempts.
std::string field_of(const base::FieldError& error) {
  std::string name;
  for (std::size_t i = 1; i < error.loc.size(); ++i) name += (i > 1 ? "." : "") + error.loc[i];
  return name;
}

// Writes the fields of one form, each with what is said of it.
class FieldWriter {
 public:
  FieldWriter(Language language, const RefusedForm* refused) : language_(language), refused_(refused) {}

  void input(std::string_view label, std::string_view name, const std::string& value, Markup more = "") {
    const auto remark = remark_on(name, value, value);
    html_.add(input_field(label, name, shown(name, value), more, remark));
  }

  // The line feed behind the tag is no part of the value.
  void area(std::string_view label, std::string_view name, const std::string& value) {
    const auto remark = remark_on(name, value, value);
    html_.add("<p><label>").text(label).add(" <textarea rows=\"4\" name=\"").text(name).add("\"");
    html_.add(remark_attributes(name, remark)).add(">\n").text(shown(name, value));
    html_.add("</textarea></label>").add(remark_paragraph(name, remark)).add("</p>");
  }

  void overlap(OverlapPolicy policy) {
    const std::string value(to_string(policy));
    const auto chosen = shown("overlap", value);
    const auto remark = remark_on("overlap", value, overlap_words(language_, value));
    html_.add("<p><label>")
        .text(Words{"While the run before still goes on", "上一次仍在运行时"}.in(language_))
        .add(" <select name=\"overlap\"")
        .add(remark_attributes("overlap", remark))
        .add(">");
    for (const auto& [choice, words] : kOverlapWords) {
      html_.add("<option value=\"").text(to_string(choice)).add("\"");
      if (to_string(choice) == chosen) html_.add(" selected");
      html_.add(">").text(words.in(language_)).add("</option>");
    }
    html_.add("</select></label>").add(remark_paragraph("overlap", remark)).add("</p>");
  }

  // What was refused and belongs to none of the fields.
  Html complaints() const {
    Html html;
    if (refused_ == nullptr) return html;
    const auto& error = refused_->error;
    if (error.kind == base::ErrorKind::precondition_failed)
      return html.add("<p class=\"wrong\">").text(kOutdated.in(language_)).add("</p>");
    if (error.fields.empty())
      return html.add("<p class=\"wrong\">").text(server_words(language_, error.message)).add("</p>");
    for (const auto& field : error.fields) {
      const auto name = field_of(field);
      if (std::any_of(names_.begin(), names_.end(), [&](const auto& known) { return belongs(name, known); }))
        continue;
      html.add("<p class=\"wrong\">").text(place_words(language_, field)).add("</p>");
    }
    return html;
  }

  const Html& fields() const { return html_; }

 private:
  // An error of "tags.0" stands at "tags".
  static bool belongs(std::string_view place, std::string_view name) {
    return place == name ||
           (place.size() > name.size() && place.starts_with(name) && place[name.size()] == '.');
  }

  std::string shown(std::string_view name, const std::string& value) const {
    if (refused_ == nullptr) return value;
    return std::string(refused_->typed.find(name).value_or(value));
  }

  std::string remark_on(std::string_view name, const std::string& value, std::string_view value_words) {
    names_.emplace_back(name);
    if (refused_ == nullptr) return "";
    if (refused_->error.kind == base::ErrorKind::precondition_failed)
      return shown(name, value) == value ? "" : std::string(kNow.in(language_)) + std::string(value_words);
    std::string remark;
    for (const auto& field : refused_->error.fields) {
      if (belongs(field_of(field), name))
        remark += std::string(remark.empty() ? "" : Words{"; ", "；"}.in(language_)) +
                  server_words(language_, field.msg);
    }
    return remark;
  }

  Language language_;
  const RefusedForm* refused_;
  std::vector<std::string> names_;
  Html html_;
};

}  // namespace

Html create_form(Language language, const RefusedForm* refused) {
  FieldWriter writer(language, refused);
  writer.input(field_words(language, "name"), "name", "", " required");
  writer.input(field_words(language, "cron"), "cron", "0 9 * * *", " required");
  writer.input(field_words(language, "command"), "command", "", " required");
  Html form("<h2>");
  form.text(Words{"New task", "新建任务"}.in(language)).add("</h2>").add(writer.complaints());
  form.add("<form method=\"post\" action=\"/ui/tasks/create\">").add(writer.fields());
  return form.add("<p><button>").text(Words{"Create", "创建"}.in(language)).add("</button></p></form>");
}

Html edit_form(Language language, const task::Task& task, const RefusedForm* refused) {
  const auto& definition = task.definition;
  FieldWriter writer(language, refused);
  const auto label = [&](std::string_view field) { return field_words(language, field); };
  writer.input(label("name"), "name", definition.name, " required");
  writer.input(label("cron"), "cron", definition.cron);
  writer.input(label("timezone"), "timezone", definition.timezone);
  if (!definition.http) writer.area(label("command"), "command", definition.command);
  writer.area(label("description"), "description", definition.description);
  writer.input(Words{"Tags, with commas", "标签（用逗号分隔）"}.in(language), "tags",
               joined(definition.tags));
  writer.input(label("working_dir"), "working_dir", definition.working_dir);
  writer.input(Words{"Timeout in seconds", "超时（秒）"}.in(language), "timeout_s",
               definition.timeout_s ? std::to_string(*definition.timeout_s) : "", " inputmode=\"numeric\"");
  writer.input(Words{"Attempts", "尝试次数"}.in(language), "retry.max_attempts",
               std::to_string(definition.retry.max_attempts), " inputmode=\"numeric\"");
  writer.overlap(definition.overlap);

  // Only who was told of the newer revision may write over it.
  const bool told = refused == nullptr || refused->error.kind == base::ErrorKind::precondition_failed;
  const auto seen = told ? std::nullopt : refused->typed.find("revision");
  Html form("<h2>");
  form.text(Words{"Edit", "编辑"}.in(language)).add("</h2>").add(writer.complaints());
  form.add("<form method=\"post\" action=\"/ui/tasks/").text(base::to_string(task.id)).add("/update\">");
  form.add("<input type=\"hidden\" name=\"revision\" value=\"");
  form.text(seen ? std::string(*seen) : std::to_string(task.revision)).add("\">").add(writer.fields());
  return form.add("<p><button>").text(Words{"Save", "保存"}.in(language)).add("</button></p></form>");
}

std::string_view overlap_words(Language language, std::string_view policy) {
  for (const auto& [choice, words] : kOverlapWords) {
    if (to_string(choice) == policy) return words.in(language);
  }
  return policy;
}

}  // namespace http
