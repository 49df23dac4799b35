// The plain choices of the schedule editor, to and from cron.
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

export function cronOfGrid(grid: Grid): string {
  const { kind, every, minute, hour, days, day } = grid;
  if (kind === 'minutes') return every === 1 ? '* * * * *' : `*/${every} * * * *`;
  if (kind === 'hourly') return `${minute} * * * *`;
  if (kind === 'daily') return `${minute} ${hour} * * *`;
  if (kind === 'weekly') return `${minute} ${hour} * * ${days.length ? [...days].sort().join(',') : '1'}`;
  return `${minute} ${hour} ${day} * *`;
}

// The choices that give that expression; null where the grid cannot say it.
export function gridOfCron(cron: string): Grid | null {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5) return null;
  const [minute, hour, day, month, week] = parts as [string, string, string, string, string];
  const number = (text: string, most: number) => (/^\d{1,2}$/.test(text) && Number(text) <= most ? Number(text) : null);
  if (month !== '*') return null;
  const step = /^\*(?:\/(\d{1,2}))?$/.exec(minute);
  if (step && hour === '*' && day === '*' && week === '*') return { ...DEFAULT_GRID, kind: 'minutes', every: Number(step[1] ?? 1) };
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
