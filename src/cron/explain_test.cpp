#include "cron/explain.h"

namespace cron {
namespace {

struct Case {
  const char* expression;
  const char* english;
  const char* chinese;
};

TEST(Explain, SaysAScheduleInPlainWords) {
  const Case cases[] = {
      {"* * * * *", "Every minute", "每分钟"},
      {"0 9 * * MON-FRI", "At 09:00, Monday to Friday", "每个工作日 09:00"},
      {"*/15 9-17 * * 1-5", "Every 15 minutes from 09:00 to 17:45, Monday to Friday",
       "每个工作日 09:00 至 17:45 每 15 分钟"},
      {"30 9-17 * * *", "Every hour at minute 30 from 09:30 to 17:30", "09:30 至 17:30 每小时第 30 分"},
      {"0 */2 * * *", "Every 2 hours", "每 2 小时"},
      {"30 */2 * * *", "Every 2 hours at minute 30", "每 2 小时的第 30 分"},
      {"0 * * * *", "Every hour", "每小时整点"},
      {"30 * * * *", "Every hour at minute 30", "每小时第 30 分"},
      {"5,20 * * * *", "Every hour at minutes 5 and 20", "每小时第 5、20 分"},
      {"*/7 * * * *", "Every 7 minutes from the start of each hour", "每小时从第 0 分起每 7 分钟"},
      {"*/7 */5 * * *", "Every 7 minutes from the start of each hour during hours 0, 5, 10, 15 and 20",
       "0、5、10、15、20 点内每小时从第 0 分起每 7 分钟"},
      {"0 9,12,17 * * *", "At 09:00, 12:00 and 17:00, every day", "每天 09:00、12:00、17:00"},
      {"0 9,17 * * SAT,SUN", "At 09:00 and 17:00, Saturday and Sunday", "每周六、周日 09:00、17:00"},
      {"0 0 1 * *", "At 00:00, on day 1 of the month", "每月 1 日 00:00"},
      {"0 0 1,15 * *", "At 00:00, on days 1 and 15 of the month", "每月 1 日、15 日 00:00"},
      {"0 0 L * *", "At 00:00, on the last day of the month", "每月最后一天 00:00"},
      {"0 0 L-3 * *", "At 00:00, on the day 3 days before the last of the month", "每月倒数第 4 天 00:00"},
      {"0 0 LW * *", "At 00:00, on the last weekday of the month", "每月最后一个工作日 00:00"},
      {"0 0 15W * *", "At 00:00, on the weekday nearest to day 15 of the month",
       "每月最接近 15 日的工作日 00:00"},
      {"0 0 * * 1#1", "At 00:00, on the first Monday of the month", "每月第一个周一 00:00"},
      {"0 0 * * 5L", "At 00:00, on the last Friday of the month", "每月最后一个周五 00:00"},
      {"0 0 * * 1#1,5L,3", "At 00:00, on Wednesday and the first Monday and the last Friday of the month",
       "每周三，以及每月第一个周一、最后一个周五 00:00"},
      {"0 0 13 * 5", "At 00:00, on day 13 of the month and also on Friday", "每月 13 日，以及每周五 00:00"},
      {"0 0 */2 * 1", "At 00:00, on days 1, 3, 5 … 31 of the month if it is Monday",
       "每月 1 日、3 日、5 日…31 日，且为周一 00:00"},
      {"0 0 1 1 *", "At 00:00, on day 1 of January", "每年 1 月的 1 日 00:00"},
      {"0 0 1 1,6 *", "At 00:00, on day 1 of January and June", "每年 1 月、6 月的 1 日 00:00"},
      {"0 9 * 3-5 MON", "At 09:00, on Monday from March to May", "每年 3 月至 5 月的每周一 09:00"},
      {"0 9 * 3-5 *", "At 09:00, every day from March to May", "每年 3 月至 5 月的每天 09:00"},
      {"*/5 * * * * *", "Every 5 seconds", "每 5 秒"},
      {"* * * * * *", "Every second", "每秒"},
      {"30 * * * * *", "Every minute at second 30", "每分钟的第 30 秒"},
      {"30 */5 * * * *", "Every 5 minutes at second 30", "每 5 分钟的第 30 秒"},
      {"* 5 * * * *", "Every second during minute 5", "每小时第 5 分内每秒"},
      {"*/10 5,10 9 * * *", "Every 10 seconds during minutes 5 and 10 from 09:05:00 to 09:10:50",
       "09:05:00 至 09:10:50 每小时第 5、10 分内每 10 秒"},
      {"30 5 * * * *", "Every hour at second 30 of minute 5", "每小时第 5 分第 30 秒"},
      {"0 0 9 1 1 ? 2030", "At 09:00, on day 1 of January, in 2030", "2030 年 1 月的 1 日 09:00"},
      {"0 0 9 * * MON 2030-2035", "At 09:00, on Monday, from 2030 to 2035",
       "2030 年至 2035 年的每周一 09:00"},
      {"*/30 * * * *", "Every 30 minutes", "每 30 分钟"},
      {"*/15 */2 * * *", "Every 15 minutes during hours 0, 2, 4 … 22", "0、2、4…22 点内每 15 分钟"},
      {"*/15 1,5,9 * * *", "Every 15 minutes during hours 1, 5 and 9", "1、5、9 点内每 15 分钟"},
      {"5,10,20 1,2,5,7,9,12 * * *", "At minutes 5, 10 and 20 of hours 1, 2, 5, 7, 9 and 12, every day",
       "每天 1、2、5、7、9、12 点的第 5、10、20 分"},
      {"0 0 31 2 *", "At 00:00, on day 31 of February; never, for there is no such date",
       "每年 2 月的 31 日 00:00（没有这样的日期，永不触发）"},
      {"TZ=America/New_York 0 9 * * 1-5", "At 09:00, Monday to Friday (America/New_York time)",
       "每个工作日 09:00（America/New_York 时间）"},
      {"@every 1h30m", "Every 1 hour 30 minutes", "每隔 1 小时 30 分钟"},
      {"@every 1d", "Every 1 day", "每隔 1 天"},
      {"@reboot", "Once after each start of the machine", "每次开机后一次"},
      {"@daily", "At 00:00, every day", "每天 00:00"},
      {"0 0 1-7,15,L,LW 1-3,6 1,5#2",
       "At 00:00, on days 1 to 7 and 15, the last day and the last weekday of the month and also on Monday "
       "and the second Friday of the month in January to March and June",
       "每年 1 月至 3 月、6 月内，每月 1 日至 7 日、15 "
       "日、最后一天、最后一个工作日，以及每周一，以及每月第二个周五 00:00"},
      {"* * 1 * *", "Every minute, on day 1 of the month", "每月 1 日每分钟"},
      {"0 22-23,0-3 * * *", "At 00:00, 01:00, 02:00, 03:00, 22:00 and 23:00, every day",
       "每天 00:00、01:00、02:00、03:00、22:00、23:00"},
      {"0 9 * * 1,3,5", "At 09:00, Monday, Wednesday and Friday", "每周一、周三、周五 09:00"},
      {"0 9 * * 0", "At 09:00, on Sunday", "每周日 09:00"},
      {"* 9 * * *", "Every minute from 09:00 to 09:59", "09:00 至 09:59 每分钟"},
      {"0-29 * * * *", "Every hour at minutes 0 to 29", "每小时第 0 至 29 分"},
      {"0 0 * * * * 2030", "Every hour, in 2030", "2030 年的每小时整点"},
      {"0 0 12 * 6 * 2030", "At 12:00, every day in June, in 2030", "2030 年 6 月的每天 12:00"},
  };
  for (const Case& each : cases) {
    const auto schedule = Schedule::parse(each.expression);
    ASSERT_TRUE(schedule) << each.expression << ": " << schedule.error().message;
    EXPECT_EQ(explain(*schedule, Language::en), each.english) << each.expression;
    EXPECT_EQ(explain(*schedule, Language::zh), each.chinese) << each.expression;
  }
}

}  // namespace
}  // namespace cron
