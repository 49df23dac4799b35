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

export interface Day {
  at: number;
  hours: { at: number; count: number }[];
}
// A row a day and a cell an hour, by the reader's own clock, from the day of the beginning on.
export function calendarOf(counts: FireCounts['by_hour'], from: number, days: number): Day[] {
  const known = new Map(counts.map(({ hour, count }) => [Date.parse(hour), count]));
  const start = new Date(from);
  return Array.from({ length: days + 1 }, (_, index) => {
    const at = new Date(start.getFullYear(), start.getMonth(), start.getDate() + index).getTime();
    const hours = Array.from({ length: 24 }, (_, hour) => {
      const time = new Date(at);
      time.setHours(hour);
      const key = Math.floor(time.getTime() / HOUR_MS) * HOUR_MS;
      return { at: key, count: known.get(key) ?? 0 };
    });
    return { at, hours };
  });
}

export type Row = Pick<TaskFires, 'task_id' | 'task_name'> & FireBand;
// The fires of all tasks in one list, soonest first.
export function rowsOf(tasks: TaskFires[]): Row[] {
  return tasks.flatMap(({ task_id, task_name, bands }) => bands.map((band) => ({ task_id, task_name, ...band }))).sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
}
