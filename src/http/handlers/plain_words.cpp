#include "http/handlers/plain_words.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace http {
namespace {

constexpr std::pair<std::string_view, Words> kFieldWords[] = {
    {"after", {"Runs after", "上游任务"}},
    {"command", {"Command", "命令"}},
    {"cron", {"Schedule (cron)", "调度（cron）"}},
    {"description", {"Description", "描述"}},
    {"ends_at", {"Ends", "结束于"}},
    {"env", {"Environment", "环境变量"}},
    {"http", {"HTTP call", "HTTP 调用"}},
    {"jitter_s", {"Random delay (s)", "随机延迟（秒）"}},
    {"keep_executions", {"Executions kept", "保留执行数"}},
    {"keep_failed", {"Failed ones kept", "保留失败数"}},
    {"kill_grace_s", {"Grace before kill (s)", "终止宽限（秒）"}},
    {"kill_mode", {"What is killed", "终止范围"}},
    {"limits", {"Limits", "资源限制"}},
    {"memory_bytes", {"Memory", "内存"}},
    {"cpu_s", {"CPU time", "CPU 时间"}},
    {"open_files", {"Open files", "打开的文件数"}},
    {"processes", {"Processes", "进程数"}},
    {"nice", {"Niceness", "优先级（nice）"}},
    {"misfire", {"Missed fires", "错过的触发"}},
    {"name", {"Name", "名称"}},
    {"overlap", {"Overlap", "重叠"}},
    {"pool", {"Pool", "资源池"}},
    {"priority", {"Priority", "优先级"}},
    {"rerun_lost", {"Rerun when lost", "丢失后重跑"}},
    {"retry", {"Retry", "重试"}},
    {"run_as", {"Run as", "运行用户"}},
    {"secret_files", {"Secrets as files", "密钥文件"}},
    {"secrets", {"Secrets", "密钥"}},
    {"shell", {"Shell", "Shell 程序"}},
    {"start_deadline_s", {"Waits at most (s)", "最长等待（秒）"}},
    {"starts_at", {"Starts", "开始于"}},
    {"success_exit_codes", {"Exit codes of success", "成功退出码"}},
    {"tags", {"Tags", "标签"}},
    {"timeout_s", {"Timeout (s)", "超时（秒）"}},
    {"timezone", {"Time zone", "时区"}},
    {"working_dir", {"Working directory", "工作目录"}},
    {"stdin", {"Standard input", "标准输入"}},
    {"node_labels", {"Labels of the machine", "机器标签"}},
    {"on_success", {"After a success", "成功之后"}},
    {"on_failure", {"After a failure", "失败之后"}},
    {"notify", {"Notifications", "通知"}},
    {"max_attempts", {"attempts", "尝试次数"}},
    {"initial_delay_s", {"first delay (s)", "首次延迟（秒）"}},
    {"factor", {"factor", "倍数"}},
    {"max_delay_s", {"longest delay (s)", "最长延迟（秒）"}},
    {"jitter", {"random part", "随机部分"}},
    {"policy", {"policy", "策略"}},
    {"window_s", {"window (s)", "时间窗（秒）"}},
    {"method", {"method", "方法"}},
    {"url", {"URL", "URL"}},
    {"headers", {"headers", "请求头"}},
    {"body", {"body", "正文"}},
    {"expect_status", {"statuses of success", "成功状态码"}},
    {"ids", {"Tasks", "任务"}},
    {"username", {"User name", "用户名"}},
    {"password", {"Password", "密码"}},
    {"code", {"Code", "验证码"}},
};

// "{}" stands for what varies.
constexpr Words kRefusals[] = {
    {"there is no task '{}'", "没有任务“{}”"},
    {"there is no task {}", "没有任务 {}"},
    {"is missing: give the task a name", "缺少名称：请为任务命名"},
    {"is missing: say what is to be run (or give http)", "缺少命令：请填写要运行的内容"},
    {"is missing: say when it is to run, as in '*/5 * * * *'", "缺少调度：请填写何时运行，如“*/5 * * * *”"},
    {"must be a whole number from {} to {}", "必须是 {} 至 {} 之间的整数"},
    {"must be an absolute path", "必须是绝对路径"},
    {"time zone '{}' is unknown; did you mean {}?", "没有时区“{}”；是否指 {}？"},
    {"time zone '{}' is unknown; write a name such as Europe/Berlin or UTC",
     "没有时区“{}”；请写 Asia/Shanghai 或 UTC 这样的名称"},
    {"no task was chosen", "没有选择任务"},
    {"must be paused or active", "必须是 paused 或 active"},
    {"'{}' is not NAME=value", "“{}”不是 NAME=value 的形式"},
    {"the user name or the password is wrong", "用户名或密码不正确"},
    {"too many failed log-ins; try again in {} s", "登录失败次数过多；请 {} 秒后再试"},
    {"too many log-ins at once; try again in a few seconds", "同时登录的人太多；请几秒后再试"},
    {"is needed too: six digits from the app, or a recovery code",
     "还需要验证码：应用中的六位数字，或一个恢复码"},
    {"is wrong, or was used already; take the next one that the app shows, or a recovery code",
     "错误，或已使用过；请用应用显示的下一个，或一个恢复码"},
};
constexpr std::string_view kHole = "{}";

// The Chinese of the message where it is that refusal, with what varies in the same order.
std::optional<std::string> filled(const Words& refusal, std::string_view message) {
  std::string text(refusal.chinese);
  auto pattern = refusal.english;
  for (;;) {
    const auto hole = pattern.find(kHole);
    const auto literal = pattern.substr(0, hole);
    if (!message.starts_with(literal)) return std::nullopt;
    message.remove_prefix(literal.size());
    if (hole == std::string_view::npos) break;
    pattern.remove_prefix(hole + kHole.size());
    const auto next = pattern.substr(0, pattern.find(kHole));
    const auto end = next.size() == pattern.size() ? message.size() - std::min(message.size(), next.size())
                                                   : message.find(next);
    if (end == std::string_view::npos) return std::nullopt;
    text.replace(text.find(kHole), kHole.size(), message.substr(0, end));
    message.remove_prefix(end);
  }
  if (!message.empty()) return std::nullopt;
  return text;
}

}  // namespace

std::string_view field_words(Language language, std::string_view field) {
  for (const auto& [name, words] : kFieldWords) {
    if (name == field) return words.in(language);
  }
  return field;
}

std::string refusal_words(Language language, std::string_view message) {
  if (language == Language::chinese) {
    for (const auto& refusal : kRefusals) {
      if (auto text = filled(refusal, message)) return *text;
    }
  }
  return std::string(message);
}

}  // namespace http
