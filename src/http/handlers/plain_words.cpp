#include "http/handlers/plain_words.h"

#include <utility>

namespace http {
namespace {

// As the page says it; web/src/i18n/zhServer.test.ts compares, and the tables of other plain_*.cpp too.
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
    {"on_success", {"Starts after a success", "成功后启动"}},
    {"on_failure", {"Starts after a failure", "失败后启动"}},
    {"notify", {"Notifications", "通知"}},
    {"tasks", {"Tasks", "任务"}},
    {"need", {"When", "条件"}},
    {"on", {"Ended with", "结束状态"}},
    {"max_attempts", {"Attempts", "尝试次数"}},
    {"initial_delay_s", {"First delay (s)", "首次延迟（秒）"}},
    {"factor", {"Each delay times", "延迟倍数"}},
    {"max_delay_s", {"Longest delay (s)", "最长延迟（秒）"}},
    {"jitter", {"Random part", "随机部分"}},
    {"policy", {"Policy", "策略"}},
    {"window_s", {"Made up within (s)", "补跑时限（秒）"}},
    {"method", {"Method", "请求方法"}},
    {"url", {"URL", "网址"}},
    {"headers", {"Headers", "请求头"}},
    {"body", {"Body", "请求体"}},
    {"expect_status", {"Expected status", "期望状态码"}},
    {"ids", {"Tasks", "任务"}},
    {"search", {"Search", "搜索"}},
    {"page", {"Page", "页码"}},
    {"page_size", {"Tasks a page", "每页任务数"}},
    {"sort", {"Sorted by", "排序字段"}},
    {"order", {"Order", "顺序"}},
    {"status", {"Status", "状态"}},
    {"to", {"Wanted state", "目标状态"}},
    {"username", {"User name", "用户名"}},
    {"password", {"Password", "密码"}},
    {"code", {"One-time code", "一次性验证码"}},
};

}  // namespace

std::string_view field_words(Language language, std::string_view field) {
  for (const auto& [name, words] : kFieldWords) {
    if (name == field) return words.in(language);
  }
  return field;
}

std::string about(Language language, std::string_view what, std::string_view words) {
  return std::string(what) + std::string(Words{": ", "："}.in(language)) + std::string(words);
}

}  // namespace http
