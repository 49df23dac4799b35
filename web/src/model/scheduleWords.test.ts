import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cronFromWords, wordsNeedSeveral } from './scheduleWords';

// Each line: the words, their expression, and the sentence which the server gives for it (tests/api holds it to that).
const CASES = readFileSync(new URL('../../../tests/data/schedule_words.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => line.split('|').map((part) => part.trim()) as [string, string, string]);
const inChinese = (words: string) => /[\u4e00-\u9fff]/.test(words);

describe('words become a schedule', () => {
  it.each(CASES)('%s: %s', (words, cron) => expect(cronFromWords(words)).toBe(cron));

  it('in many ways to say it', () => {
    expect(CASES.filter(([words]) => !inChinese(words)).length).toBeGreaterThanOrEqual(80);
    expect(CASES.filter(([words]) => inChinese(words)).length).toBeGreaterThanOrEqual(60);
  });
});

describe('what is understood, but takes several expressions', () => {
  it.each(['every day at 8:00 and 17:30', '每天8:00和17:30', '工作日8点和17点半'])('%s', (words) => {
    expect(cronFromWords(words)).toBeNull();
    expect(wordsNeedSeveral(words)).toBe(true);
  });
  it.each(['every day at 8 and 17', 'every day at 8', 'at 8:00 and 17:30', 'some day at 8:00 and 17:30', 'twice a day', ''])('is not: %s', (words) => expect(wordsNeedSeveral(words)).toBe(false));
});

describe('what is not wholly understood is no schedule', () => {
  it.each([
    '', ' ', 'sometimes', 'at 9', '9', 'monday 9', 'every', 'every day at', 'every day at 25', 'every day at 9:75', 'every day at 13pm',
    'every 0 minutes', 'not on monday at 8', 'every day except monday at 8', 'every day at 9 but not on sunday', 'every weekday at 9 or 10',
    // What cron cannot say exactly.
    'every other day', 'every 2 days at 9', 'every second day', 'every other week', 'every 2 weeks on monday', 'every other tuesday at 8',
    'every second tuesday', 'every second hour', 'twice a day', 'three times a day at 9 and 17', 'every day at 9:00 and 17:30', 'every 5 months',
    'every 7 minutes on weekdays', 'every 90 minutes between 9 and 17', 'friday the 13th', 'every monday and on the 15th of the month at 8',
    'fifth monday of every quarter', 'on the 15th of every quarter', 'every 15 minutes between 9:30 and 17',
    // What may mean two things.
    'weekly at 9', 'every month on monday', 'every hour at 20', 'every day at 9 and 5', 'every day at 9 and 5pm', 'every hour from 9 to 5',
    'every 10 minutes from 9 to 5pm', 'every third friday at 8', 'every january', 'in january at 8', 'every sunday night at 1', 'friday night at 12',
    'every evening', 'every morning at 3pm', 'from monday at 8', 'every day on monday at 8', 'every monday at 8 and friday at 9',
    'every monday at 8, every friday at 9', 'every month on the 40th', 'on the 31st of february', 'on the 31st of june and july', 'every monday friday at 8', 'monday wednesday friday at 8', 'on the 30th of april and on monday', '5th to 1st of every month',
    'every week at 9', 'every night at 5', 'every night at 6', 'nightly', 'every 3 hours starting at 7', 'every 5 hours starting at 1', 'every hour from ten to five', 'on january 1 2027', 'half past', 'every hour every minute', 'every second at noon', 'every 10 minutes from 22 to 6 on weekdays', 'at 9 of the month', 'every first day', 'every 2nd day of the month at 9', 'between 9 and 17', 'every day between 9 and 17', 'at :20',
    '有时候', '每天二十四点', '每年6月、7月的31日8点', '工作日周六8点', '每天 30 点', '每', '每天9', '每隔一天9点', '每隔一小时', '隔天', '每两天9点', '每两周周一', '每两周', '每周9点', '每天早晚', '每天早晚3点', '5分钟', '每天8点5点', '每第二个周一9点', '每天两次', '每天三次，9点和17点',
    '除周一外每天8点', '不在周一8点', '每天9点或10点', '每天9点和17点半', '每天上午9点和5点', '每天上午15点', '每小时 9 点到 5 点', '每周五晚上12点',
    '每周一二十点', '每月40日', '每月周一 8点', '每月第六个周一', '每5个月', '工作日每7分钟', '2月30日8点', '每月第一周的周一8点', '每天一三五8点',
    '每年3月', '每天早上', '每月15日和周一8点', '9点', '每天9点到17点', '工作日、每天', '每天9点五', '周五一一', '每周一月',
  ])('"%s"', (words) => expect(cronFromWords(words)).toBeNull());

  // A fixed sequence, so that a failure comes again.
  let seed = 20240229;
  const below = (most: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  const STRANGE = {
    en: ['not', 'except', 'unless', 'but', 'or', 'maybe', 'backup', 'without', 'until', 'after', 'before', 'odd', 'about', 'fortnight', 'holidays', 'x', '1.5', '*', '!'],
    zh: ['不', '除', '外', '或', '非', '大约', '左右', '以前', '之后', '假期', '备份', '单数', '农历', '?', 'x'],
  };
  it.each(CASES)('with a strange word anywhere: %s', (words) => {
    const chinese = inChinese(words);
    const signs = chinese ? [...words.replace(/\s+/g, '')] : words.replace(/\.$/, '').split(' ');
    for (let round = 0; round < 15; round += 1) {
      const strange = chinese ? STRANGE.zh : STRANGE.en;
      const place = below(signs.length + 1);
      const more = [...signs.slice(0, place), strange[below(strange.length)]!, ...signs.slice(place)].join(chinese ? '' : ' ');
      expect(cronFromWords(more), more).toBeNull();
    }
  });

  it.each(CASES)('what is said twice changes nothing, or is not understood: %s', (words, cron) => {
    const both = inChinese(words) ? `${words}，${words}` : `${words.replace(/\.$/, '')}, ${words}`;
    expect([null, cron], both).toContain(cronFromWords(both));
  });

  // Words of the grammar in any order: whatever comes out is an expression, and no two readings of it.
  const VOCABULARY = {
    en: 'every on the at of from to and , 9 17 :20 15th 5 minutes hour day week month monday friday weekday first last january between noon am pm twice a'.split(' '),
    zh: ['每', '每天', '周', '一', '五', '到', '和', '、', '9', '17', '点', '半', '月', '日', '第', '个', '分钟', '小时', '上午', '晚上', '工作日', '最后', '隔', '季度', '年', '次'],
  };
  it.each(['en', 'zh'] as const)('a jumble gives a whole expression or none (%s)', (language) => {
    const FIELD = '(?:\\*(?:/\\d+)?|(?:\\d+[LW]?|\\d+#[1-5]|\\d+-\\d+(?:/\\d+)?|LW?)(?:,(?:\\d+[LW]?|\\d+#[1-5]|\\d+-\\d+(?:/\\d+)?|LW?))*)';
    const WHOLE = new RegExp(`^(?:@every \\d+[smh]|${FIELD}(?: ${FIELD}){4,5})$`);
    for (let round = 0; round < 3000; round += 1) {
      const pool = VOCABULARY[language];
      const words = Array.from({ length: 1 + below(9) }, () => pool[below(pool.length)]).join(language === 'en' ? ' ' : '');
      const cron = cronFromWords(words);
      if (cron !== null) expect(cron, words).toMatch(WHOLE);
    }
  });
});
