// Instants and durations in words. Pure: the present and the language are arguments.

export type Unit = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';

const STEPS: [Unit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

const formats = new Map<string, Intl.DateTimeFormat>();
function cached(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = make()));
  return format;
}

// A list is full of times. The words for those of the browser's own zone are ours: the tables of Intl take longer to
// load than the list to draw.
const isChinese = (locale: string) => locale.startsWith('zh');
const ENGLISH_UNITS: Record<Unit, [string, string]> = {
  second: ['sec', 'sec'],
  minute: ['min', 'min'],
  hour: ['hr', 'hr'],
  day: ['day', 'days'],
  month: ['mo', 'mo'],
  year: ['yr', 'yr'],
};
const CHINESE_UNITS: Record<Unit, string> = { second: '秒', minute: '分钟', hour: '小时', day: '天', month: '个月', year: '年' };
const ENGLISH_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];
const ENGLISH_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

// Of such a schedule no clock knows the next fire.
export const isAtBoot = (cron: string) => /^\s*@reboot\s*$/i.test(cron);

// "in 3 min", "2 days ago", "now". Rounded towards zero, so that a countdown never runs ahead.
export function relative(at: number, now: number, locale: string): string {
  const seconds = Math.trunc((at - now) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  const count = Math.trunc(Math.abs(seconds) / size);
  if (isChinese(locale)) return count === 0 ? '现在' : `${count} ${CHINESE_UNITS[unit]}${seconds > 0 ? '后' : '前'}`;
  const words = `${count} ${ENGLISH_UNITS[unit][count === 1 ? 0 : 1]}`;
  return count === 0 ? 'now' : seconds > 0 ? `in ${words}` : `${words} ago`;
}

const two = (value: number) => String(value).padStart(2, '0');

// A time by the browser's own zone: "09:05", and what is asked for beside it: "Sat 7 Nov, 09:05:03".
export function localTime(at: number, locale: string, parts: { seconds?: boolean; day?: boolean; weekday?: boolean; year?: boolean }): string {
  const date = new Date(at);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}${parts.seconds ? `:${two(date.getSeconds())}` : ''}`;
  if (!parts.day) return clock;
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  if (isChinese(locale)) {
    return `${parts.year ? `${year}年` : ''}${month + 1}月${day}日${parts.weekday ? `周${'日一二三四五六'[date.getDay()]}` : ''} ${clock}`;
  }
  const weekday = parts.weekday ? `${ENGLISH_DAYS[date.getDay()]}${parts.year ? ',' : ''} ` : '';
  return `${weekday}${day} ${ENGLISH_MONTHS[month]}${parts.year ? ` ${year}` : ''}, ${clock}`;
}

// The instant that an address or a field of the browser's own zone names, as the server wants it; '' for anything else.
export function instantOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}
// An instant as a field for a local time takes it; '' where there is none.
export function localInput(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return '';
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

// Whether the day is the same, there or (much cheaper) in the browser's own zone.
export function isSameDay(at: number, now: number, timeZone?: string): boolean {
  if (!timeZone) return new Date(at).toDateString() === new Date(now).toDateString();
  const day = cached(`d${timeZone}`, () => new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }));
  return day.format(at) === day.format(now);
}

// Today's times as "14:05:00", others with their day, those of another year with their year.
export function moment(at: number, now: number, locale: string, timeZone?: string): string {
  const sameDay = isSameDay(at, now, timeZone);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  if (!timeZone) return localTime(at, locale, { seconds: true, day: !sameDay, year: !sameYear });
  if (sameDay) return cached(`t${locale}${timeZone}`, () => new Intl.DateTimeFormat(locale, { timeZone, ...CLOCK })).format(at);
  return cached(`m${locale}${timeZone}${sameYear}`, () =>
    new Intl.DateTimeFormat(locale, {
      timeZone,
      ...CLOCK,
      month: 'short',
      day: 'numeric',
      ...(sameYear ? {} : { year: 'numeric' }),
    }),
  ).format(at);
}

// The whole instant with its zone, for titles.
export function exact(at: number, locale: string, timeZone?: string): string {
  return cached(`x${locale}${timeZone}`, () =>
    new Intl.DateTimeFormat(locale, {
      ...(timeZone ? { timeZone } : {}),
      ...CLOCK,
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      timeZoneName: 'short',
    }),
  ).format(at);
}

// A text of the server with each instant in it put another way: it writes them as 2026-01-31T09:00:00Z.
export function withTimes(text: string, say: (at: number) => string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (instant) => say(Date.parse(instant)));
}

type Length = 'ms' | 'second' | 'minute' | 'hour' | 'day';
const LENGTHS: Record<Length, [english: string, chinese: string]> = {
  ms: ['ms', '毫秒'],
  second: ['s', '秒'],
  minute: ['min', '分'],
  hour: ['h', '小时'],
  day: ['d', '天'],
};

// The two largest units of a duration.
function lengthsOf(milliseconds: number): [number | string, Length][] {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return [[ms, 'ms']];
  if (ms < 10_000) return [[(Math.floor(ms / 100) / 10).toFixed(1), 'second']];
  const seconds = Math.floor(ms / 1000);
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86400)];
  if (minutes === 0) return [[seconds, 'second']];
  if (hours === 0) return [[minutes, 'minute'], [seconds % 60, 'second']];
  if (days === 0) return [[hours, 'hour'], [minutes % 60, 'minute']];
  return [[days, 'day'], [hours % 24, 'hour']];
}
const inWords = (lengths: [number | string, Length][], locale: string) =>
  lengths.map(([count, unit]) => `${count} ${LENGTHS[unit][isChinese(locale) ? 1 : 0]}`).join(' ');

// "820 ms", "4.2 s", "3 min 12 s", "2 h 5 min", "3 d 4 h".
export function duration(milliseconds: number, locale: string): string {
  return inWords(lengthsOf(milliseconds), locale);
}

// How far apart fires are: "10 s", "5 min", "1 h 30 min".
export function interval(milliseconds: number, locale: string): string {
  const whole: [number, Length] = [milliseconds / 1000, 'second'];
  const lengths = milliseconds < 10_000 && milliseconds % 1000 === 0 ? [whole] : lengthsOf(milliseconds);
  return inWords(lengths.length > 1 && lengths[1]![0] === 0 ? [lengths[0]!] : lengths, locale);
}
