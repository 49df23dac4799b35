// The hours to come, as a calendar.
import type { FireBand, FireCounts, TaskFires } from '../api/types';

export const HOUR_MS = 3_600_000;

export const MOST_LISTED = 100;

// What the server is asked for. What fires more than about twenty-four times in the window is one row, not all of them.
const FOLDS = 24;
export const firesQuery = (from: number, to: number) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  limit: MOST_LISTED,
  fold: Math.max(1, Math.ceil((to - from) / FOLDS / 1000) - 1),
});
export const countsQuery = (from: number, days: number) => ({ ...firesQuery(from, from + days * 24 * HOUR_MS), counts: true });

// As it stands in the address, the usual left out.
export const DAYS = [1, 7, 30] as const;
export interface UpcomingQuery {
  days: (typeof DAYS)[number];
  // The hour whose fires are listed.
  hour: number | null;
}
// An address may be older than the hours that it names: of those that are over, or not shown, nothing is listed.
export function readUpcomingQuery(text: string, now: number): UpcomingQuery {
  const given = new URLSearchParams(text);
  const days = DAYS.find((choice) => String(choice) === given.get('days')) ?? 1;
  const hour = Date.parse(given.get('hour') ?? '');
  return { days, hour: hour % HOUR_MS === 0 && hour + HOUR_MS > now && hour < now + days * 24 * HOUR_MS ? hour : null };
}
export function printUpcomingQuery({ days, hour }: UpcomingQuery): string {
  const print = new URLSearchParams();
  if (days !== 1) print.set('days', String(days));
  if (hour !== null) print.set('hour', new Date(hour).toISOString().slice(0, 13) + ':00Z');
  return print.size ? `?${print}`.replaceAll('%3A', ':') : '';
}

// As many signs as a cell of a phone has room for: 1440 is "1.4k".
export const inCell = (count: number) => (count < 1000 ? String(count) : count < 9950 ? `${(count / 1000).toFixed(1).replace('.0', '')}k` : `${Math.round(count / 1000)}k`);

export interface Hour {
  at: number;
  count: number;
}
export interface Day {
  at: number;
  // By the hour of the clock at which they begin, 0 to 23; null where the clock leaves one out.
  hours: (Hour | null)[];
  // Those that the clock shows a second time, with the hour that they have again.
  again: (Hour & { hour: number })[];
}
// A row a day and a cell an hour, by the reader's own clock, from the day of the beginning on. The server counts by whole
// hours of UTC: where the zone is half an hour off, an hour of the calendar begins at half past.
export function calendarOf(counts: FireCounts['by_hour'], from: number, days: number): Day[] {
  const known = new Map(counts.map(({ hour, count }) => [Date.parse(hour), count]));
  const first = new Date(Math.floor(from / HOUR_MS) * HOUR_MS);
  const result: Day[] = [];
  for (let index = 0; ; index += 1) {
    const start = new Date(first.getFullYear(), first.getMonth(), first.getDate() + index);
    if (start.getTime() >= from + days * 24 * HOUR_MS) return result;
    result.push(dayOf(start, known));
  }
}
function dayOf(start: Date, known: Map<number, number>): Day {
  const day: Day = { at: start.getTime(), hours: Array<null>(24).fill(null), again: [] };
  for (let at = Math.ceil(day.at / HOUR_MS) * HOUR_MS; ; at += HOUR_MS) {
    const begins = new Date(at);
    if (begins.getDate() !== start.getDate()) return day;
    const hour = begins.getHours();
    const cell = { at, count: known.get(at) ?? 0 };
    if (day.hours[hour]) day.again.push({ ...cell, hour });
    else day.hours[hour] = cell;
  }
}
// What stands above the columns: "00", or "00:30" where the hours begin at half past.
export function hourNames(calendar: Day[]): string[] {
  const one = calendar.flatMap(({ hours }) => hours).find((hour) => hour !== null);
  const minutes = one ? new Date(one.at).getMinutes() : 0;
  return Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0') + (minutes ? `:${String(minutes).padStart(2, '0')}` : ''));
}

export type Row = Pick<TaskFires, 'task_id' | 'task_name'> & FireBand;
// The fires of all tasks in one list, soonest first.
export function rowsOf(tasks: TaskFires[]): Row[] {
  return tasks.flatMap(({ task_id, task_name, bands }) => bands.map((band) => ({ task_id, task_name, ...band }))).sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
}
