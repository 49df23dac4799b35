import { describe, expect, it } from 'vitest';
import { cronFromWords } from './scheduleWords';

describe('words become a schedule', () => {
  it.each([
    ['every weekday at 9', '0 9 * * 1-5'],
    ['Every weekday at 9:30 am', '30 9 * * 1-5'],
    ['every day at 6pm', '0 18 * * *'],
    ['daily at 12am', '0 0 * * *'],
    ['every minute', '* * * * *'],
    ['every 15 minutes', '*/15 * * * *'],
    ['every 2 hours', '0 */2 * * *'],
    ['every 10 seconds', '*/10 * * * * *'],
    ['hourly', '0 * * * *'],
    ['every hour at :20', '20 * * * *'],
    ['every monday and friday at 17:45', '45 17 * * 1,5'],
    ['every weekend at noon', '0 12 * * 0,6'],
    ['every month on the 15th at 8', '0 8 15 * *'],
    ['monthly', '0 0 1 * *'],
    ['at midnight on the last day of the month', '0 0 L * *'],
    ['每个工作日 9 点', '0 9 * * 1-5'],
    ['每天下午3点半', '30 15 * * *'],
    ['每5分钟', '*/5 * * * *'],
    ['每两小时', '0 */2 * * *'],
    ['每周一、周五 18:30', '30 18 * * 1,5'],
    ['每周一三五 8点', '0 8 * * 1,3,5'],
    ['每月15日 7:05', '5 7 15 * *'],
    ['每月最后一天 23 点', '0 23 L * *'],
    ['每天', '0 0 * * *'],
  ])('%s: %s', (words, cron) => expect(cronFromWords(words)).toBe(cron));
  it.each(['', 'sometimes', 'every 90 minutes', 'every day at 25', '有时候', '每天 30 点', 'every month on the 40th'])(
    '"%s" is not guessed at',
    (words) => expect(cronFromWords(words)).toBeNull(),
  );
});
