// "every weekday at 9", "每个工作日 9 点": common wishes as a cron expression. What comes out is shown and checked
// by the server before it is used; null where the words are not understood.

const DAYS: Record<string, number> = {
  sunday: 0, sun: 0, monday: 1, mon: 1, tuesday: 2, tue: 2, wednesday: 3, wed: 3, thursday: 4, thu: 4, friday: 5,
  fri: 5, saturday: 6, sat: 6,
};
const CHINESE_DAYS: Record<string, number> = { 日: 0, 天: 0, 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6 };
const CHINESE_NUMBERS: Record<string, number> = {
  一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 十一: 11, 十二: 12, 十五: 15, 二十: 20, 三十: 30,
};

interface Time {
  hour: number;
  minute: number;
}

function inRange(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function englishTime(text: string): Time | null {
  if (/\bmidnight\b/.test(text)) return { hour: 0, minute: 0 };
  if (/\bnoon\b/.test(text)) return { hour: 12, minute: 0 };
  const match = /\b(\d{1,2})(?::(\d{2}))?\s*(am|pm)?\b/.exec(text.replace(/^.*?\bat\b/, ''));
  if (!match) return null;
  let hour = Number(match[1]);
  if (match[3]) {
    if (!inRange(hour, 1, 12)) return null;
    hour = (hour % 12) + (match[3] === 'pm' ? 12 : 0);
  }
  const minute = Number(match[2] ?? 0);
  return inRange(hour, 0, 23) && inRange(minute, 0, 59) ? { hour, minute } : null;
}

function everyNth(count: number, unit: string): string | null {
  if (unit === 'second') return inRange(count, 1, 59) ? `*/${count} * * * * *` : null;
  if (unit === 'minute') return inRange(count, 1, 59) ? (count === 1 ? '* * * * *' : `*/${count} * * * *`) : null;
  if (unit === 'hour') return inRange(count, 1, 23) ? (count === 1 ? '0 * * * *' : `0 */${count} * * *`) : null;
  return null;
}

function english(text: string): string | null {
  const step = /^every\s+(?:(\d+)\s+)?(second|minute|hour)s?$/.exec(text);
  if (step) return everyNth(Number(step[1] ?? 1), step[2]!);
  if (/^(hourly|every hour)$/.test(text)) return '0 * * * *';
  const past = /^(?:every hour|hourly) at (?:minute )?:?(\d{1,2})$/.exec(text);
  if (past) return inRange(Number(past[1]), 0, 59) ? `${Number(past[1])} * * * *` : null;
  const time = / at /.test(` ${text}`) || /noon|midnight/.test(text) ? englishTime(text) : { hour: 0, minute: 0 };
  if (!time) return null;
  const clock = `${time.minute} ${time.hour}`;
  const date = /\b(?:monthly|every month|month)\b.*?\bon (?:the )?(\d{1,2})/.exec(text);
  if (date) return inRange(Number(date[1]), 1, 31) ? `${clock} ${Number(date[1])} * *` : null;
  if (/\blast day of (?:the|every|each) month\b/.test(text)) return `${clock} L * *`;
  if (/\b(monthly|every month)\b/.test(text)) return `${clock} 1 * *`;
  if (/\b(weekdays?|workdays?|working days?)\b/.test(text)) return `${clock} * * 1-5`;
  if (/\bweekends?\b/.test(text)) return `${clock} * * 0,6`;
  const days = [...text.matchAll(/\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/g)].map((match) => DAYS[match[1]!]!);
  if (days.length) return `${clock} * * ${[...new Set(days)].sort().join(',')}`;
  if (/\bweekly|every week\b/.test(text)) return `${clock} * * 1`;
  if (/\b(daily|every ?day|every (night|morning))\b/.test(text) || /^at /.test(text)) return `${clock} * * *`;
  return null;
}

function chineseNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : (CHINESE_NUMBERS[text] ?? NaN);
}

function chineseTime(text: string): Time | null {
  if (/午夜|零点/.test(text)) return { hour: 0, minute: 0 };
  if (/正午|中午(?!\d)/.test(text) && !/\d/.test(text)) return { hour: 12, minute: 0 };
  const match = /(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:[:：]\s*(\d{2})|[点时](?:\s*(\d{1,2})\s*分?|(半))?)/.exec(text);
  if (!match) return null;
  let hour = chineseNumber(match[1]!);
  if (/下午|晚上|傍晚/.test(text) && hour < 12) hour += 12;
  const minute = match[4] ? 30 : Number(match[2] ?? match[3] ?? 0);
  return inRange(hour, 0, 23) && inRange(minute, 0, 59) ? { hour, minute } : null;
}

function chinese(text: string): string | null {
  const number = '(\\d+|[一二两三四五六七八九十]{1,3})?';
  const step = new RegExp(`^每(?:隔)?${number}\\s*个?\\s*(秒|分钟|小时|分|时)(?:钟)?$`).exec(text);
  if (step) return everyNth(step[1] ? chineseNumber(step[1]) : 1, { 秒: 'second', 分: 'minute', 分钟: 'minute', 时: 'hour', 小时: 'hour' }[step[2]!]!);
  const time = /[点时:：]|午夜|正午|中午/.test(text) ? chineseTime(text.replace(/每(?:个)?月\s*\d+\s*[日号]/, '')) : { hour: 0, minute: 0 };
  if (!time) return null;
  const clock = `${time.minute} ${time.hour}`;
  if (/月末|最后一天/.test(text)) return `${clock} L * *`;
  const date = /每(?:个)?月\s*(\d{1,2})\s*[日号]/.exec(text);
  if (date) return inRange(Number(date[1]), 1, 31) ? `${clock} ${Number(date[1])} * *` : null;
  if (/工作日/.test(text)) return `${clock} * * 1-5`;
  if (/每(?:个)?周末/.test(text)) return `${clock} * * 0,6`;
  const weeks = [...text.matchAll(/(?:周|星期|礼拜)([日天一二三四五六、,，和]+)/g)].flatMap((match) => [...match[1]!]);
  const days = weeks.map((day) => CHINESE_DAYS[day]).filter((day) => day !== undefined);
  if (days.length) return `${clock} * * ${[...new Set(days)].sort().join(',')}`;
  if (/每(?:个)?月/.test(text)) return `${clock} 1 * *`;
  if (/每(?:一)?[天日晚早]/.test(text)) return `${clock} * * *`;
  return null;
}

export function cronFromWords(words: string): string | null {
  const text = words.trim().toLowerCase().replace(/[。.]$/, '').replace(/\s+/g, ' ');
  if (text === '') return null;
  return /[\u4e00-\u9fff]/.test(text) ? chinese(text.replace(/\s+/g, '')) : english(text);
}
