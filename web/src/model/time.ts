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

const formats = new Map<string, Intl.RelativeTimeFormat | Intl.DateTimeFormat>();
function cached<T extends Intl.RelativeTimeFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = make()));
  return format as T;
}

// "in 3 min", "2 days ago", "now". Rounded towards zero, so that a countdown never runs ahead.
export function relative(at: number, now: number, locale: string): string {
  const seconds = Math.trunc((at - now) / 1000);
  const format = cached(`r${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' }));
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  return format.format(Math.trunc(seconds / size), unit);
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
  const zone = timeZone ? { timeZone } : {};
  if (isSameDay(at, now, timeZone)) {
    return cached(`t${locale}${timeZone}`, () => new Intl.DateTimeFormat(locale, { ...zone, ...CLOCK })).format(at);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return cached(`m${locale}${timeZone}${sameYear}`, () =>
    new Intl.DateTimeFormat(locale, {
      ...zone,
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

// "820 ms", "4.2 s", "3 m 12 s", "2 h 05 m", "3 d 4 h".
export function duration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}
