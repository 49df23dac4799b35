// A year of a task's runs, a cell a day and a column a week.
import type { Execution } from '../api/types';
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

// Weeks begin on Monday; the last one holds `now`. Days are the reader's own.
export function heatmapOf(runs: Execution[], now: number): HeatDay[][] {
  const today = dayStart(now);
  const weekday = (new Date(today).getDay() + 6) % 7;
  const first = dayStart(today, -weekday - (WEEKS - 1) * 7);
  const counts = new Map<number, { good: number; failed: number }>();
  for (const run of runs) {
    const began = run.started_at ?? run.scheduled_at;
    if (!began) continue;
    const failed = isFailure(run.status);
    if (!failed && run.status !== 'SUCCESS') continue;
    const at = dayStart(Date.parse(began));
    const day = counts.get(at) ?? { good: 0, failed: 0 };
    if (failed) day.failed += 1;
    else day.good += 1;
    counts.set(at, day);
  }
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => {
      const at = dayStart(first, week * 7 + day);
      return { at, good: 0, failed: 0, ...counts.get(at), outside: at > today };
    }),
  );
}

export const LEVELS = 4;
// 0: none; 1 to 4 by the share of the fullest day.
export function heatLevel(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1, Math.ceil((count / most) * LEVELS));
}
