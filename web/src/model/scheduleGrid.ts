// The plain choices of the schedule editor, to and from cron.
import { cronOfWish } from './wish';

export type GridKind = 'minutes' | 'hourly' | 'daily' | 'weekly' | 'monthly';
export interface Grid {
  kind: GridKind;
  every: number;
  minute: number;
  hour: number;
  days: number[];
  day: number;
}
export const GRID_KINDS: GridKind[] = ['minutes', 'hourly', 'daily', 'weekly', 'monthly'];
export const DEFAULT_GRID: Grid = { kind: 'daily', every: 5, minute: 0, hour: 9, days: [1, 2, 3, 4, 5], day: 1 };

// Null as long as something of it is missing: a number that was emptied, a day of the week.
export function cronOfGrid(grid: Grid): string | null {
  const { kind, every, minute, hour, days, day } = grid;
  const needed = { minutes: [every], hourly: [minute], daily: [minute, hour], weekly: [minute, hour], monthly: [minute, hour, day] }[kind];
  if (!needed.every(Number.isInteger) || (kind === 'weekly' && days.length === 0)) return null;
  if (kind === 'minutes') return cronOfWish({ interval: { count: every, unit: 'minute' } });
  if (kind === 'hourly') return `${minute} * * * *`;
  if (kind === 'daily') return `${minute} ${hour} * * *`;
  if (kind === 'weekly') return `${minute} ${hour} * * ${[...days].sort().join(',')}`;
  return `${minute} ${hour} ${day} * *`;
}

// The choices that give that expression; null where the grid cannot say it.
export function gridOfCron(cron: string): Grid | null {
  const length = /^@every ([1-9]\d{0,3})m$/.exec(cron.trim());
  if (length) return { ...DEFAULT_GRID, kind: 'minutes', every: Number(length[1]) };
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5) return null;
  const [minute, hour, day, month, week] = parts as [string, string, string, string, string];
  const number = (text: string, most: number) => (/^\d{1,2}$/.test(text) && Number(text) <= most ? Number(text) : null);
  if (month !== '*') return null;
  const step = /^\*(?:\/(\d{1,2}))?$/.exec(minute);
  // "*/45" fires at minute 0 and 45: not every 45 minutes.
  const every = Number(step?.[1] ?? 1);
  if (step && 60 % every === 0 && hour === '*' && day === '*' && week === '*') return { ...DEFAULT_GRID, kind: 'minutes', every };
  const atMinute = number(minute, 59);
  if (atMinute === null) return null;
  if (hour === '*' && day === '*' && week === '*') return { ...DEFAULT_GRID, kind: 'hourly', minute: atMinute };
  const atHour = number(hour, 23);
  if (atHour === null) return null;
  const base = { ...DEFAULT_GRID, minute: atMinute, hour: atHour };
  if (day === '*' && week === '*') return { ...base, kind: 'daily' };
  if (week === '*') {
    const onDay = number(day, 31);
    return onDay ? { ...base, kind: 'monthly', day: onDay } : null;
  }
  if (day !== '*') return null;
  if (week === '1-5') return { ...base, kind: 'weekly', days: [1, 2, 3, 4, 5] };
  if (!/^[0-6](,[0-6])*$/.test(week)) return null;
  return { ...base, kind: 'weekly', days: week.split(',').map(Number) };
}
