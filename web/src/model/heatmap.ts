// A year of a task's runs, a cell a day and a column a week.
import type { ExecutionStatus, TaskStats } from '../api/types';
import { isFailure } from './execution';

export interface HeatDay {
  at: number;
  good: number;
  failed: number;
  // Before the first or after the last day of the year that is shown.
  outside: boolean;
}
const WEEKS = 53;

const dayStart = (at: number, plus = 0) => {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + plus).getTime();
};

// As the server names a day, from one of the reader's own calendar.
function nameOf(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
}

// Weeks begin on Monday; the last one holds `now`. Days are the reader's own.
export function heatmapOf(days: TaskStats['by_day'], now: number): HeatDay[][] {
  const today = dayStart(now);
  const weekday = (new Date(today).getDay() + 6) % 7;
  const first = dayStart(today, -weekday - (WEEKS - 1) * 7);
  const counts = new Map(
    days.map(({ day, executions }) => {
      const entries = Object.entries(executions) as [ExecutionStatus, number][];
      const failed = entries.reduce((sum, [status, count]) => sum + (isFailure(status) ? count : 0), 0);
      return [day, { good: executions.SUCCESS ?? 0, failed }];
    }),
  );
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => {
      const at = dayStart(first, week * 7 + day);
      return { at, good: 0, failed: 0, ...counts.get(nameOf(at)), outside: at > today };
    }),
  );
}

export const LEVELS = 4;
// 0: none; 1 to 4 by the share of the fullest day.
export function heatLevel(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1, Math.ceil((count / most) * LEVELS));
}
