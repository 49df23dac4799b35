// What words can wish for, in the terms of people, and the one expression that says exactly that. Where cron can
// not say it, there is none: a schedule nearly like the wish is worse than no schedule.

export type Unit = 'second' | 'minute' | 'hour';
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';
export interface Time {
  hour: number;
  minute: number;
  second: number;
  // Midnight at the end of the day that is named: "Friday night at 12".
  nextDay?: boolean;
}
// A day of the month: its number, the last, and the first and last of the working days.
export type MonthDay = number | 'L' | '1W' | 'LW';
export interface NthWeekday {
  nth: number | 'L';
  day: number;
}
export interface Wish {
  interval?: { count: number; unit: Unit };
  // Where the hours of an interval are counted from.
  start?: Time;
  // Minutes past each hour.
  past?: number[];
  period?: Period;
  // Every so many months.
  months_apart?: number;
  // "Every 15th": each month, though no month is named.
  monthly?: boolean;
  times?: Time[];
  window?: { from: Time; to: Time };
  weekdays?: number[];
  nth?: NthWeekday[];
  dates?: MonthDay[];
  months?: number[];
  // "Twice a day": so many must be named.
  often?: number;
}

export const WORKDAYS = [1, 2, 3, 4, 5];
export const WEEKEND = [0, 6];
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

// Sets what was not said before; false where the words say it twice.
export function put(wish: Wish, part: Wish): boolean {
  for (const [key, value] of Object.entries(part) as [keyof Wish, unknown][]) {
    if (wish[key] !== undefined && !(key === 'period' && wish[key] === value)) return false;
  }
  Object.assign(wish, part);
  return true;
}

// The numbers of a range, also over the end: 5 to 1 of a week is 5, 6, 0, 1.
export function span(from: number, to: number, size: number, first = 0): number[] {
  const length = ((to - from + size) % size) + 1;
  return Array.from({ length }, (_, step) => ((from - first + step) % size) + first);
}

function listed(numbers: number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (sorted[end + 1] === sorted[end]! + 1) end += 1;
    if (end - at >= 2) parts.push(`${sorted[at]}-${sorted[end]}`);
    else parts.push(...sorted.slice(at, end + 1).map(String));
    at = end + 1;
  }
  return parts.join(',');
}

interface Days {
  date: string;
  month: string;
  weekday: string;
}

// The months in which that day of a quarter is: its first days are in the first one, its last ones in the third.
function quarterMonths({ dates = [1], nth }: Wish): string | null {
  if (nth) {
    if (nth.every((each) => each.nth === 'L')) return '3,6,9,12';
    return nth.every((each) => typeof each.nth === 'number' && each.nth <= 4) ? '*/3' : null;
  }
  if (dates.every((date) => date === 1 || date === '1W')) return '*/3';
  return dates.every((date) => date === 'L' || date === 'LW') ? '3,6,9,12' : null;
}

function monthsOf(wish: Wish): string | null {
  const { period, months, months_apart: apart } = wish;
  const named = wish.dates !== undefined || wish.nth !== undefined;
  if (period === 'quarter' || period === 'month') {
    if (months || wish.weekdays || (wish.interval && !named)) return null;
    if (period === 'quarter') return apart === undefined ? quarterMonths(wish) : null;
    if (apart === undefined || apart === 1) return '*';
    if (apart === 12) return '1';
    return 12 % apart === 0 ? `*/${apart}` : null;
  }
  if (period === 'year') {
    if (wish.interval || wish.weekdays) return null;
    if (!months) return named ? null : '1';
    return named ? listed(months) : null;
  }
  if (named && !months && !wish.monthly) return null;
  return months && months.length < 12 ? listed(months) : '*';
}

function daysOf(wish: Wish): Days | null {
  const { weekdays, nth, dates, months, period } = wish;
  // Cron joins a date and a weekday with "or", which is nobody's wish.
  if ([weekdays, nth, dates].filter(Boolean).length > 1) return null;
  if (period === 'day' && (weekdays || nth || dates)) return null;
  // "Weekly" alone is what cron's own @weekly is; with a time it lacks its day.
  if (period === 'week' && !weekdays) return nth || dates || wish.times || wish.interval || months ? null : { date: '*', month: '*', weekday: '0' };
  if (!wish.interval && !period && !weekdays && !nth && !dates) return null;
  const month = monthsOf(wish);
  if (month === null) return null;
  if (weekdays) return { date: '*', month, weekday: new Set(weekdays).size === 7 ? '*' : listed(weekdays) };
  if (nth) return { date: '*', month, weekday: nth.map(({ nth: which, day }) => (which === 'L' ? `${day}L` : `${day}#${which}`)).join(',') };
  const monthly = period === 'month' || period === 'quarter' || period === 'year';
  const on = dates ?? (monthly && !wish.interval ? [1] : undefined);
  if (!on) return { date: '*', month, weekday: '*' };
  const numbers = on.filter((date) => typeof date === 'number');
  // Of each month that is named by itself, the date must be one.
  const shortest = Math.min(...(months ?? [1]).map((each) => LONGEST_MONTH[each - 1]!));
  if (numbers.some((date) => date < 1 || date > shortest)) return null;
  const others = on.filter((date) => typeof date === 'string');
  return { date: [listed(numbers), ...new Set(others)].filter(Boolean).join(','), month, weekday: '*' };
}

// Second, minute and hour for times of the day; null where a list for each of them would give more times than were named.
function clockOf(times: Time[]): string[] | null {
  const key = ({ hour, minute, second }: Time) => (hour * 60 + minute) * 60 + second;
  const parts = (['second', 'minute', 'hour'] as const).map((part) => [...new Set(times.map((time) => time[part]))]);
  if (parts.reduce((product, { length }) => product * length, 1) !== new Set(times.map(key)).size) return null;
  return parts.map(listed);
}

function hoursOf(wish: Wish, step: number): string | null {
  const { window, start } = wish;
  if (start) {
    // Counted from a later hour it would have another rhythm before it than after it.
    if (window || wish.past || start.second || 24 % step !== 0 || start.hour >= step) return null;
    return step === 24 ? `${start.hour}` : `${start.hour}-23/${step}`;
  }
  if (!window) return step === 1 ? '*' : 24 % step === 0 ? `*/${step}` : null;
  const { from, to } = window;
  if (from.minute || to.minute || from.second || to.second) return null;
  const length = (to.hour - from.hour + 24) % 24;
  if (length === 0) return null;
  // Each hour has its last fire at the end; each few minutes have it before, or they would go on after it.
  if (wish.interval!.unit === 'hour' && !wish.past?.some((minute) => minute > 0)) {
    if (step > length) return null;
    return step === 1 ? `${from.hour}-${to.hour}` : `${from.hour}-${to.hour}/${step}`;
  }
  const last = (to.hour + 23) % 24;
  const range = last === from.hour ? `${last}` : `${from.hour}-${last}`;
  return step === 1 ? range : last === from.hour ? null : `${range}/${step}`;
}

// 120 seconds are 2 minutes.
function inLargestUnit({ count, unit }: NonNullable<Wish['interval']>): NonNullable<Wish['interval']> {
  const larger = ({ second: 'minute', minute: 'hour' } as const)[unit as 'second' | 'minute'];
  return larger && count > 0 && count % 60 === 0 ? inLargestUnit({ count: count / 60, unit: larger }) : { count, unit };
}

function intervalFields(wish: Wish): string[] | null {
  const { count, unit } = wish.interval!;
  if (wish.times || ((wish.past || wish.start) && unit !== 'hour') || count < 1) return null;
  const hours = hoursOf(wish, unit === 'hour' ? count : 1);
  if (hours === null) return null;
  if (unit === 'hour') return ['0', listed(wish.past ?? [wish.start?.minute ?? 0]), hours];
  if (60 % count !== 0) return null;
  const step = count === 1 ? '*' : `*/${count}`;
  return unit === 'minute' ? ['0', step, hours] : [step, '*', hours];
}

// An interval that no clock shows, such as 90 minutes, where nothing else is wished.
function everyOf(wish: Wish): string | null {
  const { interval, ...others } = wish;
  if (!interval || interval.count < 1 || Object.keys(others).length) return null;
  return `@every ${interval.count}${interval.unit[0]}`;
}

function isOften({ often, times, weekdays, dates, nth, period }: Wish): boolean {
  if (often === undefined || often === 1) return true;
  if (period === 'day') return times?.length === often;
  if (period === 'week') return weekdays?.length === often && (times?.length ?? 1) === 1;
  return (dates ?? nth)?.length === often && (times?.length ?? 1) === 1;
}

export function cronOfWish(said: Wish): string | null {
  const wish = said.interval ? { ...said, interval: inLargestUnit(said.interval) } : said;
  if (!isOften(wish) || (!wish.interval && (wish.past || wish.window || wish.start))) return null;
  const times = wish.times ?? [{ hour: 0, minute: 0, second: 0 }];
  // Over midnight it is another day, so the days may not matter.
  const anyDay = !wish.weekdays && !wish.nth && !wish.dates && !wish.months && (wish.period ?? 'day') === 'day';
  const overnight = wish.window && (wish.window.from.nextDay || wish.window.to.hour < wish.window.from.hour);
  if ((overnight || times.some((time) => time.nextDay)) && !anyDay) return null;
  const days = daysOf(wish);
  const clock = wish.interval ? intervalFields(wish) : clockOf(times);
  if (!days || !clock) return days ? everyOf(wish) : null;
  const [second, ...rest] = clock;
  return [...(second === '0' ? [] : [second]), ...rest, days.date, days.month, days.weekday].join(' ');
}

// Whether each of its times has an expression, but not all of them together: 8:00 and 17:30.
export function needsSeveral(wish: Wish): boolean {
  const { times = [], often: _, ...days } = wish;
  return times.length > 1 && cronOfWish(wish) === null && times.every((time) => cronOfWish({ ...days, times: [time] }) !== null);
}
